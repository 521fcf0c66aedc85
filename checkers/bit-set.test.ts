import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BitSet } from './bit-set.ts'

it('is a set, also after it was cleared', () => {
  const number = fc.integer({ min: 0, max: 5000 })
  fc.assert(
    fc.property(fc.array(fc.array(number), { maxLength: 4 }), fc.array(number), (rounds, asked) => {
      const bits = new BitSet()
      for (const numbers of rounds) {
        bits.clear()
        const expected = new Set<number>()
        for (const each of numbers) {
          expect(bits.add(each)).toBe(!expected.has(each))
          expected.add(each)
        }
        for (const each of [...numbers, ...asked]) expect(bits.has(each)).toBe(expected.has(each))
      }
    }),
  )
})
