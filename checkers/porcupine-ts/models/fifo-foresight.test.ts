/** A search that foresees finds what one without finds, on small random histories of queues. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { budgetOf } from '../check.ts'
import { searcher } from '../evidence/window.ts'
import type { Model, Operation } from '../model.ts'
import { bruteForce } from '../testing/brute-force.ts'
import { histories, SEED } from '../testing/seeded.ts'
import { subjects } from '../testing/specimens.ts'
import type { Scalar } from './calls.ts'

type State = readonly Scalar[]

const cases = process.env.FAULTLINE_FULL === '1' ? 100_000 : 4000
const search = searcher(budgetOf({}))
/** Values that histories put in, too. */
const states = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 3 }), {
  minLength: 1,
  maxLength: 3,
})

const texts = (found: readonly State[] | null): readonly string[] =>
  (found ?? []).map((state) => JSON.stringify(state)).sort()

describe.each(subjects.filter(({ name }) => name.startsWith('fifo')))('$name', ({ model, history }) => {
  const { partition: _, ...foreseeing } = model as Model<State, unknown, unknown>
  const { foresee: __, ...plain } = foreseeing

  it('is linearizable for both from any states', () => {
    let illegal = 0
    const agrees = fc.property(histories(history), states, (operations, from) => {
      const expected = !from.some((state) => bruteForce({ ...plain, init: () => state }, operations))
      expect(search.isIllegal(foreseeing, from, operations)).toBe(expected && operations.length > 0)
      if (expected) illegal++
    })
    fc.assert(agrees, { seed: SEED, numRuns: cases })
    expect(illegal).toBeGreaterThan(cases / 10)
    expect(illegal).toBeLessThan(cases)
  })

  it('leads to the same states for both', () => {
    let several = 0
    const agrees = fc.property(histories(history), states, (operations, [state = []]) => {
      const begins = (some: typeof plain) => ({ ...some, init: () => state })
      const ends = (some: typeof plain, of: readonly Operation<unknown, unknown>[]) =>
        texts(search.ends(begins(some), of))
      expect(ends(foreseeing, operations)).toEqual(ends(plain, operations))
      if (ends(plain, operations).length > 1) several++
    })
    fc.assert(agrees, { seed: SEED, numRuns: cases })
    expect(several).toBeGreaterThan(cases / 10)
  })
})
