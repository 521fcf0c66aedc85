import { describe, expect, it } from 'vitest'
import { rngFromSeed } from '../support/random.ts'
import { rateOf, rateText } from './rate.ts'

describe("Wilson's interval", () => {
  // Brown, Cai and DasGupta 2001; R: prop.test(x, n, correct = FALSE).
  it.each([
    [0, 10, 0, 0.2775],
    [4, 5, 0.3755, 0.9638],
    [10, 20, 0.2993, 0.7007],
    [20, 20, 0.8389, 1],
  ])('of %i in %i runs', (shown, runs, low, high) => {
    const rate = rateOf(shown, runs)
    expect(rate.low).toBeCloseTo(low, 3)
    expect(rate.high).toBeCloseTo(high, 3)
  })

  it('is everything without a run', () => expect(rateOf(0, 0)).toMatchObject({ low: 0, high: 1 }))

  it('contains the true rate about 95 times in 100', () => {
    const rng = rngFromSeed(1)
    let covered = 0
    for (let trial = 0; trial < 2000; trial++) {
      const truth = 0.1 + 0.8 * rng.float()
      const shown = Array.from({ length: 20 }, () => rng.float() < truth).filter(Boolean).length
      const { low, high } = rateOf(shown, 20)
      if (low <= truth && truth <= high) covered += 1
    }
    expect(covered / 2000).toBeGreaterThan(0.93)
    expect(covered / 2000).toBeLessThan(0.97)
  })

  it('is told in percent', () =>
    expect(rateText(rateOf(4, 5))).toBe('4 of 5 (80 %, 95 % interval 38 % to 96 %)'))
})
