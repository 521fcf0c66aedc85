import { describe, expect, it } from 'vitest'
import { SpillFile } from '../store/spill-file.ts'
import { rngFromSeed } from '../support/random.ts'
import { PagedNumbers } from './paged-numbers.ts'

const COUNT = 100_000

describe('numbers in pages', () => {
  it.each([
    ['in memory', undefined, undefined],
    ['with room for one page', 1, () => new SpillFile()],
    ['with room for three pages', 3, () => new SpillFile()],
  ] as const)('are read back as they were set last, %s', (_name, mostInMemory, makeSpill) => {
    const rng = rngFromSeed(1)
    const numbers = new PagedNumbers(makeSpill, mostInMemory)
    const expected: number[] = []
    for (let i = 0; i < COUNT; i++) {
      numbers.push(i)
      expected.push(i)
      if (rng.float() > 0.001) continue
      const changed = rng.int(i + 1)
      numbers.set(changed, 2 ** 32 - 1 - i)
      expected[changed] = 2 ** 32 - 1 - i
    }
    expect(numbers.length).toBe(COUNT)
    expect(Array.from({ length: COUNT }, (_, i) => numbers.at(i))).toEqual(expected)
  })
})
