/** The oracle: all permutations of small random histories, for every model and every engine. */
import { describe, expect, it } from 'vitest'
import { check } from './check.ts'
import { subHistory } from './evidence/sub-history.ts'
import type { Operation } from './model.ts'
import { bruteForce } from './testing/brute-force.ts'
import { subjects } from './testing/specimens.ts'

const seeds = process.env.FAULTLINE_FULL === '1' ? 200_000 : 5000

describe.each(subjects)('$name', ({ model, history }) => {
  it(`agrees with all permutations on ${seeds} histories`, () => {
    let illegal = 0
    for (let seed = 0; seed < seeds; seed++) {
      const operations = history(seed)
      const expected = bruteForce(model, operations)
      const { verdict } = check(model, operations)
      if (verdict !== (expected ? 'ok' : 'illegal'))
        throw new Error(`seed ${seed}: ${verdict}, the oracle says ${expected}`)
      if (!expected) illegal++
    }
    // Otherwise the oracle was never asked the interesting question.
    expect(illegal).toBeGreaterThan(seeds * 0.1)
    expect(illegal).toBeLessThan(seeds * 0.9)
  }, 1_200_000)

  it('names prefixes and witnesses that are illegal, and the shortest prefixes that are', () => {
    let seen = 0
    for (let seed = 0; seed < 1500; seed++) {
      const operations = history(seed)
      const result = check(model, operations)
      if (result.verdict !== 'illegal') continue
      seen++
      const prefix = subHistory(operations, result, result.prefix)
      expect(bruteForce(model, prefix), `prefix, seed ${seed}`).toBe(false)
      const witness = subHistory(operations, result, result.witness)
      expect(bruteForce(model, witness), `witness, seed ${seed}`).toBe(false)
      const end = (operations[result.blocked] as Operation<unknown, unknown>).return
      const shorter = prefix
        .filter((operation) => operation.call < end)
        .map((operation) => ({
          ...operation,
          return: operation.return === end ? Number.POSITIVE_INFINITY : operation.return,
        }))
      expect(bruteForce(model, shorter), `shorter, seed ${seed}`).toBe(true)
    }
    expect(seen).toBeGreaterThan(100)
  })
})
