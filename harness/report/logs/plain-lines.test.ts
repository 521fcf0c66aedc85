import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainLines as read } from './plain-lines.ts'

const plainLines = (text: string): readonly string[] => read(text).lines

/** Control characters but for tabs, and overrides of the direction of text. */
const UNSAFE = /[^\P{Cc}\t]|[\u202a-\u202e\u2066-\u2069]/u

describe('lines of a log', () => {
  it('are split, without an empty one at the end', () => {
    expect(plainLines('')).toEqual([])
    expect(plainLines('a\n')).toEqual(['a'])
    expect(plainLines('a\r\n\nb')).toEqual(['a', '', 'b'])
  })

  it('have no codes of a terminal', () => {
    expect(plainLines('\x1b[31;1mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07 \x1b[2J\x1b(Bx')).toEqual([
      'red link x',
    ])
  })

  it('show control characters and what changes the direction of text', () => {
    expect(plainLines('a\0b\x07\x7f\x9b31m \u202egnp.exe\u2066 \u200b \u2028 tab\tstays')).toEqual([
      'a\\x00b\\x07\\x7f\\x9b31m \\u{202e}gnp.exe\\u{2066} \\u{200b} \\u{2028} tab\tstays',
    ])
    expect(plainLines('10 %\r20 %\r\n')).toEqual(['10 %\\x0d20 %'])
    expect(plainLines('half a sequence \x1b')).toEqual(['half a sequence \\x1b'])
  })

  it('are cut if they are long, with a remark, between characters', () => {
    const [line] = plainLines(`${'x'.repeat(4095)}\u{1f600}${'y'.repeat(1_000_000)}`)
    expect(line).toBe(`${'x'.repeat(4095)} ... [1,000,002 more characters]`)
    expect(plainLines('x'.repeat(4096))).toEqual(['x'.repeat(4096)])
  })

  // What takes time by the square of the length does not end within the limit of a test.
  it('are found at once, whatever they contain', () => {
    for (const part of ['\x1b]', '\x1b[', '\x1b[1;', '\0'])
      expect(plainLines(part.repeat(500_000))).toHaveLength(1)
  })

  it('never have anything that changes how others are shown', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('\x1b', '[', ']', '0', 'm', ';', '\x07', '\u202e', '\x9b', '\r', '\n', 'a', '\\'),
      maxLength: 200,
    })
    fc.assert(
      fc.property(hostile, (text) => {
        for (const line of plainLines(text)) expect(line).not.toMatch(UNSAFE)
      }),
    )
  })

  it('are the last ones if there are too many, and it is known how much stands before them', () => {
    expect(read('a\nbc\nd\ne\n', 2)).toEqual({ lines: ['d', 'e'], leftOut: 5 })
    expect(read('a\nbc\nd\ne', 2)).toEqual({ lines: ['d', 'e'], leftOut: 5 })
    expect(read('a\n\n\n', 2)).toEqual({ lines: ['', ''], leftOut: 2 })
    expect(read('a\nb', 2)).toEqual({ lines: ['a', 'b'], leftOut: 0 })
    expect(read('\n'.repeat(16 * 2 ** 20)).lines.length).toBe(400_000)
  })

  it('take no longer for being long: sequences that never end', () => {
    for (const text of ['\x1b[0', '\x1b]x', '\x1b[;', '\x1b  '])
      for (const line of [text.repeat(2_000_000), text + text.slice(-1).repeat(10_000_000)])
        expect(plainLines(line)[0]?.length).toBeLessThan(20_000)
  })
})
