/** The two engines on histories that are too large for all permutations. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { budgetOf, check } from './check.ts'
import { decide } from './decide.ts'
import { partsOfOperations } from './history/operations.ts'
import { partOf } from './history/part.ts'
import type { Illegal, Model, Operation } from './model.ts'
import { largerSubjects } from './testing/larger.ts'
import { histories, SEED } from './testing/seeded.ts'

const cases = process.env.FAULTLINE_FULL === '1' ? 20_000 : 2500
/** Not a time limit: what is undecided must not depend on the machine. */
const limits = { memoryBytes: 2 ** 26 }

/** Whether the search also finds no order for the witness by itself. */
const isProof = (
  model: Model<unknown, unknown, unknown>,
  operations: readonly Operation<unknown, unknown>[],
  { blocked, witness }: Illegal,
): boolean => {
  const [part] = partsOfOperations(model, operations)
  if (part === undefined) return false
  const positions = Array.from(witness, (index) => part.index.indexOf(index))
  // Times are whole numbers.
  const end = (operations[blocked] as Operation<unknown, unknown>).return + 1
  const some = partOf(part, positions, end)
  return decide(model, some, Number.POSITIVE_INFINITY, budgetOf(limits), null).verdict === 'illegal'
}

describe.each(largerSubjects)('$name', ({ model, history }) => {
  const { specialised: _, ...rest } = model
  const general: Model<unknown, unknown, unknown> = rest

  it(`is decided alike by both, ${cases} times`, () => {
    let bySpecialised = 0
    let illegal = 0
    let undecided = 0
    const alike = fc.property(histories(history), (operations) => {
      const special = check(model, operations, limits)
      const searched = check(general, operations, limits)
      if (searched.verdict === 'unknown' && special.engines.specialised > 0) {
        undecided++
        return
      }
      if (special.verdict !== searched.verdict)
        throw new Error(`${special.verdict}, and the search says ${searched.verdict}`)
      if (special.engines.specialised === 0) return
      bySpecialised++
      if (special.verdict !== 'illegal' || searched.verdict !== 'illegal') return
      illegal++
      expect([...special.prefix], 'prefix').toEqual([...searched.prefix])
      expect(isProof(general, operations, special), 'witness').toBe(true)
    })
    fc.assert(alike, { seed: SEED, numRuns: cases })
    // The search alone gives up on a few queues, which then prove nothing.
    expect(undecided).toBeLessThan(cases / 100)
    expect(bySpecialised).toBeGreaterThan(cases / 2)
    expect(illegal).toBeGreaterThan(cases / 20)
  }, 1_200_000)
})
