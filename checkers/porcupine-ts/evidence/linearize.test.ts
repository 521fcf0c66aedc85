import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from '../check.ts'
import { determinize, isNondeterministic } from '../general/determinize.ts'
import type { Model, Operation } from '../model.ts'
import { histories, SEED } from '../testing/seeded.ts'
import { subjects } from '../testing/specimens.ts'
import { linearize } from './linearize.ts'

type Any = Operation<unknown, unknown>

/** What is wrong with an order of operations of a history, as it was at `end`; null: nothing. */
const fault = (
  model: Model<unknown, unknown, unknown>,
  operations: readonly Any[],
  order: readonly number[],
  end: number,
): string | null => {
  let state = model.init()
  let latestCall = Number.NEGATIVE_INFINITY
  for (const index of order) {
    const { call, return: returned, input, output } = operations[index] as Any
    if (returned < latestCall) return `${index} had returned before another one before it was called`
    latestCall = Math.max(latestCall, call)
    const after = model.step(state, input, output)
    if (after === undefined) return `${index} is not possible`
    state = after
  }
  const placed = new Set(order)
  if (placed.size < order.length) return 'an operation twice'
  const missing = operations.findIndex(({ return: returned }, i) => returned < end && !placed.has(i))
  return missing === -1 ? null : `${missing} returned, and is not there`
}

describe.each(subjects)('$name', ({ model: given, history }) => {
  const plain = isNondeterministic(given) ? determinize(given) : given
  const { partition: _, ...model } = plain as Model<unknown, unknown, unknown>
  it('has orders that are linearizations, of all that returned before the first that could not', () => {
    let illegal = 0
    const isLinearized = fc.property(histories(history), fc.boolean(), (operations, isJudged) => {
      if (operations.length === 0) return
      const result = check(model, operations)
      const [found] = linearize(model, operations, isJudged ? result : null)
      if (found === undefined) throw new Error('no part')
      expect(found.decided).toBe(true)
      expect(found.states.length).toBe(found.order.length)
      expect(found.blocked === null).toBe(result.verdict === 'ok')
      const end =
        found.blocked === null ? Number.POSITIVE_INFINITY : (operations[found.blocked] as Any).return
      expect(fault(model, operations, found.order, end)).toBe(null)
      if (found.blocked !== null) illegal++
    })
    fc.assert(isLinearized, { seed: SEED, numRuns: 3000 })
    expect(illegal).toBeGreaterThan(300)
  })
})
