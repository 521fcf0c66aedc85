import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rngFromSeed } from '../../harness/support/random.ts'
import { atMost, rounds } from './rounds.ts'

const S = 1e9

describe('rounds', () => {
  it('do not overlap, leave the rest to each other, and end within the time limit', () =>
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 30 }),
        (seed, limitS, lengthS, restS) => {
          const [timeLimitNs, lengthNs, restNs] = [limitS * S, lengthS * S, restS * S]
          const all = rounds(rngFromSeed(seed), { timeLimitNs }, { lengthNs, restNs })
          expect(all.length).toBe(Math.max(0, Math.floor((limitS - 2) / (lengthS + restS))))
          for (const [at, { atNs }] of all.entries()) {
            expect(atNs).toBeGreaterThanOrEqual(2 * S)
            // A nanosecond for rounding.
            expect(atNs + lengthNs + restNs).toBeLessThanOrEqual((all[at + 1]?.atNs ?? timeLimitNs) + 1)
          }
        },
      ),
    ))

  it('are a function of the seed, and each has randomness of its own', () => {
    const drawn = (seed: number) =>
      rounds(rngFromSeed(seed), { timeLimitNs: 60 * S }, { lengthNs: 3 * S, restNs: 2 * S }).map(
        ({ atNs, rng }) => [atNs, rng.float()],
      )
    expect(drawn(1)).toEqual(drawn(1))
    expect(drawn(1)).not.toEqual(drawn(2))
    expect(new Set(drawn(1).map(([, draw]) => draw)).size).toBe(drawn(1).length)
  })
})

it('a length is what it really was, or the share of a run that is too short for it', () => {
  expect(atMost(43 * S, 1 / 8, { timeLimitNs: 600 * S })).toBe(43 * S)
  expect(atMost(43 * S, 1 / 8, { timeLimitNs: 16 * S })).toBe(2 * S)
})
