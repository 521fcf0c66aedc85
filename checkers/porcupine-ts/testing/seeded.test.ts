/** What an oracle prints is small. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../model.ts'
import { bruteForce } from './brute-force.ts'
import { histories, SEED } from './seeded.ts'
import { subjects } from './specimens.ts'

describe.each(subjects)('$name', ({ model, history }) => {
  it('of the history that shows up a checker that finds nothing, no operation can be left out', () => {
    const isLegal = fc.property(histories(history), (operations) => bruteForce(model, operations))
    const { failed, counterexample } = fc.check(isLegal, { seed: SEED })
    expect(failed).toBe(true)
    const [operations] = counterexample as [Operation<unknown, unknown>[]]
    for (const at of operations.keys()) expect(bruteForce(model, operations.toSpliced(at, 1))).toBe(true)
    const times = operations.flatMap(({ call, return: end }) => [call, end]).filter(Number.isFinite)
    expect(Math.max(...times)).toBeLessThan(2 * operations.length)
  })
})
