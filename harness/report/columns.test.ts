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

describe('a search in stored lines', () => {
  const search = (lines: readonly string[], wanted: string): readonly number[] => {
    const written = new Lines()
    for (const line of lines) written.push(line)
    const found: number[] = []
    new StoredLines(written.bytes(), lines.length).search(wanted, (index) => found.push(index))
    return found
  }

  it('finds each line once, whatever its case, also at the seams of what is searched at once', () => {
    expect(search(['abc', '', 'xABCabc', 'ab', 'c'], 'abc')).toEqual([0, 2])
    const many = Array.from({ length: 10_000 }, (_, i) => (i % 4096 === 0 || i % 4096 === 4095 ? 'Here' : ''))
    expect(search(many, 'here')).toEqual([0, 4095, 4096, 8191, 8192])
  })

  it('finds what a scan of all lines finds', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'B', '\u00e9', ' '), maxLength: 6 })
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('a', 'ab', '\u00e9', 'bb'), (lines, wanted) => {
        const expected = lines.flatMap((each, i) => (each.toLowerCase().includes(wanted) ? [i] : []))
        expect(search(lines, wanted)).toEqual(expected)
      }),
    )
  })
})
