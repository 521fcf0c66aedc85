/**
 * Splits what a node wrote into lines of harmless text. A log is hostile: codes that colour a terminal are removed, other
 * control characters and those that change the direction of text are made visible, and a long line is cut.
 */

/** Of a longer line, this many characters are kept. */
const MOST_CHARACTERS = 4096

/** Sequences of ECMA-48: CSI (colours, cursor), OSC (titles, links) and the short ones. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const ESCAPE_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,2048}(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])/g

/** Control characters but for tabs, and what is invisible or changes the direction of text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to show
const UNSEEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Control characters have pictures in Unicode; the others are shown by their number. */
const visible = (character: string): string => {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}

const endsInHalfACharacter = (text: string): boolean => /[\ud800-\udbff]$/.test(text)

const cut = (line: string): string => {
  if (line.length <= MOST_CHARACTERS) return line
  const kept = line.slice(0, MOST_CHARACTERS)
  const whole = endsInHalfACharacter(kept) ? kept.slice(0, -1) : kept
  return `${whole} ... [${(line.length - whole.length).toLocaleString('en')} more characters]`
}

const plain = (line: string): string =>
  cut(line.replace(/\r$/, '').replace(ESCAPE_SEQUENCE, '')).replace(UNSEEN, visible)

/** The lines of a log, without the empty one after the last line break. */
export const plainLines = (text: string): readonly string[] => {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map(plain)
}
