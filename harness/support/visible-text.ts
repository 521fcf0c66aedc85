/** Text of a cluster or a client, made harmless to read: nothing in it is invisible or changes the direction of other text. */

/** Control characters but for tabs and line breaks, and what is invisible or changes the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to show
const UNSEEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Control characters have pictures in Unicode; the others are shown by their number. */
const shown = (character: string): string => {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

export const visibleText = (text: string): string => text.replace(UNSEEN, shown)
