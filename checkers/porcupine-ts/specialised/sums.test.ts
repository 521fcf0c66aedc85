/** Counters with many clients: what small histories do not show, as that the search in depth gives up. */
import { describe, expect, it } from 'vitest'
import { check } from '../check.ts'
import type { Operation } from '../model.ts'
import type { CounterInput, CounterOutput } from '../models/calls.ts'
import { counter } from '../models/counter.ts'
import { random } from '../testing/random.ts'

type Counter = Operation<CounterInput, CounterOutput>

const CLIENTS = 20

interface Drawn {
  readonly operation: Counter
  readonly effect: number
}

/** Each operation takes effect at a moment between its call and its return; this share never returns. */
const draw = (count: number, seed: number, openShare: number): readonly Drawn[] => {
  const next = random(seed)
  const clients = Array.from({ length: CLIENTS }, (_, i) => i)
  const freeAt = new Float64Array(CLIENTS)
  return Array.from({ length: count }, (_, i): Drawn => {
    const who = freeAt.indexOf(Math.min(...freeAt))
    const client = clients[who] as number
    const call = (freeAt[who] as number) + next()
    const end = call + 100 * next()
    freeAt[who] = end
    const isOpen = next() < openShare
    if (isOpen) clients[who] = CLIENTS + i
    const effect = isOpen && next() < 0.5 ? Number.POSITIVE_INFINITY : call + (end - call) * next()
    const input: CounterInput =
      next() < 0.4 ? { f: 'read', key: 0 } : { f: 'add', key: 0, delta: 1 + Math.floor(5 * next()) }
    const output = isOpen ? undefined : { value: null }
    return {
      operation: { client, call, return: isOpen ? Number.POSITIVE_INFINITY : end, input, output },
      effect,
    }
  })
}

/** The object answers correctly. */
const historyOf = (count: number, seed: number, openShare = 0.001): Counter[] => {
  let value = 0
  return [...draw(count, seed, openShare)]
    .sort((a, b) => a.effect - b.effect)
    .map(({ operation, effect }) => {
      const { input, output } = operation
      if (effect < Number.POSITIVE_INFINITY && input.f === 'add') value += input.delta
      return output === undefined || input.f === 'add' ? operation : { ...operation, output: { value } }
    })
}

describe('a counter with 20 clients', () => {
  it.each([1, 2, 3])('which answers correctly is linearizable, seed %i', (seed) => {
    const result = check(counter, historyOf(2000, seed))
    expect(result).toMatchObject({ verdict: 'ok', engines: { specialised: 1, general: 0 } })
  })

  it.each([
    [200, 4, 0.02],
    [300, 5, 0.01],
  ])('which adds even amounts and shows an odd sum is not, %i operations', (count, seed, openShare) => {
    const even = historyOf(count, seed, openShare).map(
      ({ input, output, ...operation }): Counter => ({
        ...operation,
        input: input.f === 'add' ? { ...input, delta: 2 * input.delta } : input,
        output: output === undefined || output.value === null ? output : { value: 2 * output.value },
      }),
    )
    expect(check(counter, even).verdict).toBe('ok')
    const wrong = even.findLastIndex(({ input, output }) => input.f === 'read' && output !== undefined)
    const read = even[wrong] as Counter
    const history = even.with(wrong, { ...read, output: { value: (read.output?.value as number) + 1 } })
    expect(check(counter, history)).toMatchObject({
      verdict: 'illegal',
      engines: { specialised: 1, general: 0 },
    })
  })
})
