/** Whether a fault on links hits one direction or both. */
import type { Rng } from '../../harness/api/random.ts'

export const DIRECTIONS = ['two-way', 'one-way', 'both'] as const

/** Of faults whose direction is left to the seed, so many are one-way. */
const ONE_WAY_SHARE = 0.25

export const drawOneWay = (rng: Rng, direction: (typeof DIRECTIONS)[number]): boolean =>
  direction === 'one-way' || (direction === 'both' && rng.float() < ONE_WAY_SHARE)
