import { expect, it } from 'vitest'
import type { Scalar } from '../harness/vocabularies/values.ts'
import { Numbering } from './numbering.ts'

const numbersOf = (values: readonly Scalar[]): readonly number[] => {
  const numbering = new Numbering()
  return values.map((value) => numbering.find(value) ?? numbering.add(value))
}

it('equal values have the same number, in order of first appearance', () => {
  expect(numbersOf([7, '7', 7n, true, 'true', 7, '7', 7n, true, 'true', -1, -1])).toEqual([
    0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 5,
  ])
})

it('a number that was too large for the table keeps its number when the table has grown beyond it', () => {
  const values = [1_000_000, ...Array.from({ length: 200_000 }, (_, at) => 5 * at + 1)]
  const numbers = numbersOf([...values, ...values])
  expect(numbers.slice(values.length)).toEqual(numbers.slice(0, values.length))
  expect(new Set(numbers).size).toBe(values.length)
})
