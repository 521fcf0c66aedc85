import { describe, expect, it } from 'vitest'
import { rngFromSeed } from '../support/random.ts'
import { decisionOf, fewestToDecide, type SequentialTest, sequentialTest } from './sequential.ts'

const TEST = sequentialTest(0.5, 0.1, 20)

/** `+` showed the finding, `-` did not. */
const decided = (results: string, test: SequentialTest = TEST) =>
  decisionOf(
    [...results].map((each) => each === '+'),
    test,
  )

describe("Wald's sequential test", () => {
  it('decides what always or never fails after few runs', () => {
    expect(decided('+')).toBeNull()
    expect(decided('++')).toBe('often')
    expect(decided('---')).toBeNull()
    expect(decided('----')).toBe('seldom')
  })

  it('needs more runs of what sometimes fails', () => {
    expect(decided('+---')).toBeNull()
    expect(decided('+---+')).toBeNull()
    expect(decided('+---++')).toBe('often')
  })

  it('gives up after the most runs', () => expect(decided('+--', { ...TEST, mostRuns: 3 })).toBe('seldom'))

  it('tells how many runs may decide', () => {
    expect(fewestToDecide([], TEST)).toBe(2)
    expect(fewestToDecide([true], TEST)).toBe(1)
    expect(fewestToDecide([false, false, false], TEST)).toBe(1)
  })

  it.each([
    [0.5, 'seldom'],
    [0.1, 'often'],
  ] as const)('errs no more than stated where the rate is %f', (rate, wrong) => {
    const rng = rngFromSeed(2)
    let errors = 0
    for (let trial = 0; trial < 3000; trial++) {
      const shown: boolean[] = []
      while (decisionOf(shown, TEST) === null) shown.push(rng.float() < rate)
      if (decisionOf(shown, TEST) === wrong) errors += 1
    }
    expect(errors / 3000).toBeLessThan(0.12)
    expect(errors).toBeGreaterThan(0)
  })
})
