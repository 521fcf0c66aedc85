import { describe, expect, it } from 'vitest'
import { rngFromSeed } from '../../support/random.ts'
import { type Fate, fateOf, HELD_BACK_MS, type LinkRule } from './link.ts'

const WELL: LinkRule = { delayMs: 0, jitterMs: 0, loss: 0, duplicate: 0, corrupt: 0, reorder: 0 }
const COUNT = 2000

const fates = (change: Partial<LinkRule>, seed = 1): readonly Fate[] =>
  Array.from({ length: COUNT }, (_, i) => fateOf({ ...WELL, ...change }, rngFromSeed(seed), i, 40, 100))

const share = (all: readonly Fate[], holds: (fate: Fate) => boolean): number =>
  all.filter(holds).length / COUNT

describe('the fate of packets', () => {
  it('without a rule is to leave at once, once and unchanged', () => {
    for (const fate of fates({}))
      expect(fate).toEqual({ departuresMs: [0], flippedBit: null, heldBack: false })
  })

  it('follows the requested shares', () => {
    expect(share(fates({ loss: 0.3 }), ({ departuresMs }) => departuresMs.length === 0)).toBeCloseTo(0.3, 1)
    expect(share(fates({ duplicate: 0.2 }), ({ departuresMs }) => departuresMs.length === 2)).toBeCloseTo(
      0.2,
      1,
    )
    expect(share(fates({ corrupt: 0.1 }), ({ flippedBit }) => flippedBit !== null)).toBeCloseTo(0.1, 1)
    const reordered = fates({ reorder: 0.4 })
    expect(share(reordered, ({ departuresMs }) => departuresMs[0] === HELD_BACK_MS)).toBeCloseTo(0.4, 1)
  })

  it('delays by the delay, plus or minus the jitter', () => {
    const all = fates({ delayMs: 50, jitterMs: 20 }).map(({ departuresMs }) => departuresMs[0] as number)
    expect(Math.min(...all)).toBeGreaterThanOrEqual(30)
    expect(Math.max(...all)).toBeLessThanOrEqual(70)
    // Six standard deviations of the mean of this many packets.
    expect(Math.abs(all.reduce((a, b) => a + b) / COUNT - 50)).toBeLessThan(1.6)
  })

  it('flips bits of the payload only, and none if there is no payload', () => {
    for (const { flippedBit } of fates({ corrupt: 1 })) {
      expect(flippedBit).toBeGreaterThanOrEqual(40 * 8)
      expect(flippedBit).toBeLessThan(100 * 8)
    }
    expect(fateOf({ ...WELL, corrupt: 1 }, rngFromSeed(1), 0, 40, 40).flippedBit).toBeNull()
  })

  it('is the same for the same seed, and differs for another seed', () => {
    const rule = { loss: 0.5, delayMs: 10, jitterMs: 5 }
    expect(fates(rule, 7)).toEqual(fates(rule, 7))
    expect(fates(rule, 7)).not.toEqual(fates(rule, 8))
  })
})
