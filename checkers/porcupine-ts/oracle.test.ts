/** The oracle: all permutations of small random histories, for every model and every engine. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { check } from './check.ts'
import { subHistory } from './evidence/sub-history.ts'
import type { Operation } from './model.ts'
import { bruteForce } from './testing/brute-force.ts'
import { histories, SEED } from './testing/seeded.ts'
import { subjects } from './testing/specimens.ts'

const cases = process.env.FAULTLINE_FULL === '1' ? 200_000 : 5000

describe.each(subjects)('$name', ({ model, history }) => {
  it(`agrees with all permutations on ${cases} histories`, () => {
    let illegal = 0
    const agrees = fc.property(histories(history), (operations) => {
      const expected = bruteForce(model, operations) ? 'ok' : 'illegal'
      const { verdict } = check(model, operations)
      if (verdict !== expected) throw new Error(`${verdict}, and by all permutations ${expected}`)
      if (expected === 'illegal') illegal++
    })
    fc.assert(agrees, { seed: SEED, numRuns: cases })
    // Otherwise the oracle was never asked the interesting question.
    expect(illegal).toBeGreaterThan(cases * 0.1)
    expect(illegal).toBeLessThan(cases * 0.9)
  }, 1_200_000)

  it('names prefixes and witnesses that are illegal, and the shortest prefixes that are', () => {
    let seen = 0
    const proves = fc.property(histories(history), (operations) => {
      const result = check(model, operations)
      if (result.verdict !== 'illegal') return
      seen++
      const prefix = subHistory(operations, result, result.prefix)
      expect(bruteForce(model, prefix), 'prefix').toBe(false)
      const witness = subHistory(operations, result, result.witness)
      expect(bruteForce(model, witness), 'witness').toBe(false)
      const end = (operations[result.blocked] as Operation<unknown, unknown>).return
      const shorter = prefix
        .filter((operation) => operation.call < end)
        .map((operation) => ({
          ...operation,
          return: operation.return === end ? Number.POSITIVE_INFINITY : operation.return,
        }))
      expect(bruteForce(model, shorter), 'shorter').toBe(true)
    })
    fc.assert(proves, { seed: SEED, numRuns: 1500 })
    expect(seen).toBeGreaterThan(100)
  })
})
