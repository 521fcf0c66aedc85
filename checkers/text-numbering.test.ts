import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextNumbering } from './text-numbering.ts'

describe('numbers of texts', () => {
  it('are those of a map, and the texts come back', () =>
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 4 }), fc.string())), (texts) => {
        const numbering = new TextNumbering()
        const known = new Map<string, number>()
        for (const text of texts) {
          const expected = known.get(text) ?? known.size
          known.set(text, expected)
          expect(numbering.numberOf(text)).toBe(expected)
        }
        expect(numbering.count).toBe(known.size)
        for (const [text, number] of known) expect(numbering.textOf(number)).toBe(text)
      }),
    ))

  it('stay the same while there come to be many', () => {
    const numbering = new TextNumbering()
    const count = 30_000
    for (let i = 0; i < count; i++) expect(numbering.numberOf(`k${i}`)).toBe(i)
    for (let i = 0; i < count; i++) expect(numbering.numberOf(`k${i}`)).toBe(i)
    expect(numbering.numberOf('')).toBe(count)
    expect(numbering.textOf(count)).toBe('')
  })
})
