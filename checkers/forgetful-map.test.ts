import { expect, it } from 'vitest'
import { ForgetfulMap } from './forgetful-map.ts'

it('of what was set, at least the latest half is remembered, and never more than all that may be', () => {
  const map = new ForgetfulMap<number, number>(100)
  for (let n = 0; n < 1000; n++) {
    map.set(n, n)
    map.set(7, n)
    expect(map.size).toBeLessThanOrEqual(100)
    const latest = Array.from({ length: 49 }, (_, back) => n - back).filter((each) => each > 7)
    expect(latest.map((each) => map.get(each))).toEqual(latest)
    expect(map.get(7)).toBe(n)
  }
  expect(map.get(500)).toBeUndefined()
  map.delete(7)
  map.delete(999)
  expect([map.get(7), map.get(999), map.get(998)]).toEqual([undefined, undefined, 998])
})
