import fc from 'fast-check'
import { expect, it } from 'vitest'
import { KeyedNumbering } from './keyed-numbering.ts'

const scalar = fc.oneof(fc.integer({ min: -2, max: 12 }), fc.constantFrom('1', '2', true, 3n))

it('equal values of equal keys have the same number, others differ, in order of first appearance', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(scalar, scalar), { maxLength: 60 }), (pairs) => {
      const numbering = new KeyedNumbering()
      const expected = new Map<string, number>()
      for (const [key, value] of pairs) {
        const name = `${typeof key} ${key} ${typeof value} ${value}`
        if (!expected.has(name)) expected.set(name, expected.size)
        expect(numbering.numberOf(key, value)).toBe(expected.get(name))
      }
      expect(numbering.count).toBe(expected.size)
    }),
  )
})
