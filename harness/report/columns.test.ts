import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Lines, readVarints, StoredLines, Varints } from './columns.ts'

describe('columns', () => {
  it('give back the numbers that were written, up to 2^53', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat(), { maxLength: 3000 }), (values) => {
        const column = new Varints()
        for (const value of values) column.push(value)
        expect([...readVarints(column.bytes(), values.length)]).toEqual(values)
      }),
    )
  })

  it('take one byte for a number below 128, two below 16384', () => {
    const column = new Varints()
    for (const value of [0, 127, 128, 16_383]) column.push(value)
    expect(column.bytes().length).toBe(1 + 1 + 2 + 2)
  })

  it('give back texts in any order, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
        const column = new Lines()
        for (const text of texts) column.push(text)
        const stored = new StoredLines(column.bytes(), texts.length)
        const wanted = texts.map((text) => text.replaceAll('\n', ' '))
        expect(wanted.map((_, i) => stored.at(i))).toEqual(wanted)
      }),
    )
  })

  it('have no text where there is none', () => {
    expect(new StoredLines(new Uint8Array(), 0).at(0)).toBe('')
    expect(new StoredLines(new TextEncoder().encode('a\n'), 1).at(7)).toBe('')
  })
})
