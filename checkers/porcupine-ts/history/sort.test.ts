import { describe, expect, it } from 'vitest'
import { random } from '../testing/random.ts'
import { sortedPositions } from './sort.ts'

const next = random(7)
const make = (count: number, key: (i: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => key(i))

const reference = (keys: Float64Array): number[] =>
  [...keys.keys()].sort((a, b) => {
    const [x, y] = [keys[a] as number, keys[b] as number]
    return x < y ? -1 : x > y ? 1 : a - b
  })

describe('sortedPositions', () => {
  it.each<[string, Float64Array]>([
    ['nothing', make(0, () => 0)],
    ['one', make(1, () => 5)],
    ['sorted', make(1000, (i) => i)],
    ['reversed', make(5000, (i) => -i)],
    ['random', make(5000, () => next() - 0.5)],
    ['few values', make(5000, () => Math.floor(next() * 4))],
    ['nearly sorted', make(5000, (i) => i + 50 * next())],
    // All keys but one are in one bucket, so radix sort has to take over.
    ['one far away', make(5000, (i) => (i === 17 ? 1e300 : next()))],
    [
      'infinite ones',
      make(
        5000,
        () => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, next()][Math.floor(next() * 3)] as number,
      ),
    ],
    [
      'infinite ones and one far away',
      make(5000, (i) => (i === 3 ? 1e300 : next() < 0.3 ? Number.POSITIVE_INFINITY : next() - 0.5)),
    ],
    ['both zeros', make(100, (i) => (i % 3 === 0 ? -0 : i % 3 === 1 ? 0 : -1))],
    ['all infinite', make(100, (i) => (i < 50 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY))],
  ])('%s', (_name, keys) => expect([...sortedPositions(keys)]).toEqual(reference(keys)))
})
