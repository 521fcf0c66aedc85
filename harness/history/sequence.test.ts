import { describe, expect, it } from 'vitest'
import type { Sequence } from '../api/history.ts'
import { LazySequence } from './sequence.ts'

const ARRAY: readonly number[] = [3, 1, 4, 1, 5]
const LAZY = new LazySequence<number>(ARRAY.length, (i) => ARRAY[i] as number)

describe('a sequence whose elements are made on demand answers as an array does', () => {
  const isOdd = (n: number): boolean => n % 2 === 1
  it.each<[string, (each: Sequence<number>) => unknown]>([
    ['itself', (each) => [...each]],
    ['entries', (each) => [...each.entries()]],
    ['at', (each) => [0, 4, 5, -1, -5, -6].map((i) => each.at(i))],
    ['filter', (each) => each.filter((n, i) => isOdd(n) && i > 0)],
    ['map', (each) => each.map((n, i) => n * i)],
    ['flatMap', (each) => each.flatMap((n, i) => (i % 2 === 0 ? [n, [n]] : n))],
    ['find', (each) => [each.find((n) => n > 3), each.find((n) => n > 9)]],
    ['findLast', (each) => [each.findLast((n) => n === 1), each.findLast((n) => n > 9)]],
    ['some', (each) => [each.some((n) => n > 4), each.some((n) => n > 5)]],
    ['every', (each) => [each.every((n) => n > 0), each.every(isOdd)]],
    ...[[], [2], [1, 3], [-2], [0, -1], [-3, -1], [4, 2], [0, 99], [-99, 2]].map(
      (given): [string, (each: Sequence<number>) => unknown] => [
        `slice(${given})`,
        (each) => each.slice(...(given as [number?, number?])),
      ],
    ),
  ])('%s', (_, ask) => expect(ask(LAZY)).toEqual(ask(ARRAY)))
})
