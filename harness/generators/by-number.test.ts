import { expect, it } from 'vitest'
import { byNumber } from './by-number.ts'

it('byNumber: holds values, and a change leaves the former as it was', () => {
  const none = byNumber<string>()
  const one = none.with(3, 'a')
  const more = one.with(1000, 'b').with(31, 'c').with(32, 'd').with(3, 'e')
  expect([none.get(3), none.get(1000)]).toEqual([undefined, undefined])
  expect([one.get(3), one.get(1000), one.get(2)]).toEqual(['a', undefined, undefined])
  expect([3, 31, 32, 1000, 999].map((at) => more.get(at))).toEqual(['e', 'c', 'd', 'b', undefined])
})
