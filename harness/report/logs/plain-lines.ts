/**
 * Splits what a node wrote into lines of harmless text. A log is hostile: codes that colour a terminal are removed, other
 * control characters and those that change the direction of text are made visible, and a long line is cut.
 */
import { visible } from '../../support/visible.ts'

/** Of a longer line, this many characters are kept. */
const MOST_CHARACTERS = 4096

/** Sequences of ECMA-48: CSI (colours, cursor), OSC (titles, links) and the short ones. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
const ESCAPE_SEQUENCE = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,2048}(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])/g

const endsInHalfACharacter = (text: string): boolean => /[\ud800-\udbff]$/.test(text)

const cut = (line: string): string => {
  if (line.length <= MOST_CHARACTERS) return line
  const kept = line.slice(0, MOST_CHARACTERS)
  const whole = endsInHalfACharacter(kept) ? kept.slice(0, -1) : kept
  return `${whole} ... [${(line.length - whole.length).toLocaleString('en')} more characters]`
}

const plain = (line: string): string => visible(cut(line.replace(/\r$/, '').replace(ESCAPE_SEQUENCE, '')))

/** The lines of a log, without the empty one after the last line break. */
export const plainLines = (text: string): readonly string[] => {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines.map(plain)
}
