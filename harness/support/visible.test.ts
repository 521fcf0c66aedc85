import { describe, expect, it } from 'vitest'
import { clip, visible } from './visible.ts'

describe('visible', () => {
  it('shows control characters and those that change the order of a line, and leaves all others', () => {
    expect(visible('\x1b[2J')).toBe('\\x1b[2J')
    expect(visible('a\u202eb\u2066c\u200fd\u061c')).toBe('a\\u{202e}b\\u{2066}c\\u{200f}d\\u{61c}')
    expect(visible('\x9b31m\r\b\x7f')).toBe('\\x9b31m\\x0d\\x08\\x7f')
    expect(visible('\u2028\ufeff\u200b\ud800\u{e0041}')).toBe(
      '\\u{2028}\\u{feff}\\u{200b}\\u{d800}\\u{e0041}',
    )
    const plain = 'Grüße, 漢字, עברית, 😀\n\ttab'
    expect(visible(plain)).toBe(plain)
  })
})

describe('clip', () => {
  it('says how much it leaves out, and cuts no character in half', () => {
    expect(clip('short', 5)).toBe('short')
    expect(clip('longer', 4)).toBe('long... (2 more characters)')
    expect(clip('abc😀', 4)).toBe('abc... (2 more characters)')
  })
})
