import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countIn, lowerBound } from './lower-bound.ts'

const ascending = fc.array(fc.integer({ min: 0, max: 20 })).map((list) => list.sort((a, b) => a - b))
const time = fc.integer({ min: -1, max: 21 })

it('finds the first that is not below', () => {
  fc.assert(
    fc.property(ascending, time, (list, value) => {
      const first = list.findIndex((each) => each >= value)
      expect(lowerBound(list, Number, value)).toBe(first === -1 ? list.length : first)
    }),
  )
})

it('counts those within', () => {
  fc.assert(
    fc.property(ascending, time, time, (list, from, to) => {
      expect(countIn(list, from, to)).toBe(list.filter((each) => each >= from && each < to).length)
    }),
  )
})
