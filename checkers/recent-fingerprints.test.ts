import { expect, it } from 'vitest'
import { RecentFingerprints } from './recent-fingerprints.ts'

it('of texts, the latest are known, and the oldest are forgotten, which is said', () => {
  const recent = new RecentFingerprints(1000)
  const known = (): number =>
    Array.from({ length: 3000 }, (_, n) => n).filter((n) => recent.has(`${n}`)).length
  for (let n = 0; n < 1000; n++) recent.add(`${n}`)
  for (let n = 0; n < 1000; n++) recent.add(`${n}`)
  expect([recent.size, known(), recent.hasForgotten]).toEqual([1000, 1000, false])
  for (let n = 1000; n < 2700; n++) recent.add(`${n}`)
  expect([recent.size, known(), recent.hasForgotten]).toEqual([700, 700, true])
  expect([recent.has('2000'), recent.has('1999')]).toEqual([true, false])
})
