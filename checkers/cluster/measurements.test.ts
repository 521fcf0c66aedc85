import { describe, expect, it } from 'vitest'
import { SpillFile } from '../../harness/store/spill-file.ts'
import { rngFromSeed } from '../../harness/support/random.ts'
import { Measurements } from './measurements.ts'

const rng = rngFromSeed(1)

describe('measurements', () => {
  it.each<[string, () => number]>([
    ['all different', () => rng.float() * 1e4],
    ['mostly equal', () => Math.floor(rng.float() * 3)],
    ['all equal', () => 4.5],
    ['of all sizes', () => 10 ** (20 * rng.float() - 10)],
    ['nearly equal', () => 1 + rng.int(1000) * Number.EPSILON],
  ])('%s: the quantiles are the same on disk', (_name, next) => {
    for (const count of [0, 1, 99, 100, 101, 20_000]) {
      const inMemory = new Measurements(undefined)
      const onDisk = new Measurements({ makeSpill: () => new SpillFile(), mostInMemory: 100 })
      for (let i = 0; i < count; i++) {
        const number = next()
        inMemory.push(number)
        onDisk.push(number)
      }
      expect(onDisk.quantiles()).toEqual(inMemory.quantiles())
    }
  })
})
