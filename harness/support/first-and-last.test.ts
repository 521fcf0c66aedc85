import { expect, it } from 'vitest'
import { FirstAndLast } from './first-and-last.ts'

const of = (count: number) => {
  const some = new FirstAndLast<number>(3)
  for (let i = 0; i < count; i++) some.add(i)
  return some
}

it.each([0, 3, 5, 6])('keeps all of %s', (count) => {
  expect(of(count).list()).toEqual(Array.from({ length: count }, (_, i) => i))
  expect(of(count).leftOut).toBe(0)
})

it.each([7, 8, 9, 10, 1000])('keeps the first and the last three of %s, and counts the others', (count) => {
  expect(of(count).list()).toEqual([0, 1, 2, count - 3, count - 2, count - 1])
  expect(of(count).leftOut).toBe(count - 6)
})
