import { expect, it } from 'vitest'
import { rngFromSeed } from './random.ts'

const draws = (count: number, next: () => number): number[] => Array.from({ length: count }, next)

it('is the same for the same seed and labels', () => {
  const a = rngFromSeed(7).fork('x', 3)
  const b = rngFromSeed(7).fork('x').fork(3)
  expect(draws(5, () => a.float())).toEqual(draws(5, () => b.float()))
})

it('forks independently of earlier draws', () => {
  const drawn = rngFromSeed(7)
  drawn.float()
  expect(drawn.fork('y').int(1e9)).toBe(rngFromSeed(7).fork('y').int(1e9))
})

it('gives different streams for different seeds, labels and numbers', () => {
  const firsts = [
    rngFromSeed(1),
    rngFromSeed(2),
    rngFromSeed(2 ** 40),
    rngFromSeed(1).fork('a'),
    rngFromSeed(1).fork('b'),
    rngFromSeed(1).fork(1),
    rngFromSeed(1).fork(2),
    rngFromSeed(1).fork(2 ** 33),
  ]
  expect(new Set(firsts.map((rng) => rng.int(2 ** 30))).size).toBe(firsts.length)
})

it('is uniform enough: ten bins, also over consecutive keys', () => {
  const rng = rngFromSeed(5)
  const stream = draws(20_000, () => rng.int(10))
  const keyed = Array.from({ length: 20_000 }, (_, i) =>
    rngFromSeed(5)
      .fork('kind', i % 10, Math.floor(i / 10))
      .int(10),
  )
  for (const values of [stream, keyed]) {
    const bins = Array.from({ length: 10 }, (_, bin) => values.filter((value) => value === bin).length)
    // 2000 expected, standard deviation 42.
    for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(220)
  }
})

it('shuffles to a permutation and picks from the list', () => {
  const list = ['a', 'b', 'c', 'd']
  expect(rngFromSeed(3).shuffle(list).sort()).toEqual(list)
  expect(list).toContain(rngFromSeed(3).pick(list))
  expect(() => rngFromSeed(3).pick([])).toThrow(RangeError)
})
