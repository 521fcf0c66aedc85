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

/** Of one log, so many lines are kept: millions of short ones would need gigabytes. */
const MOST_LINES = 400_000

/** Where the last `most` lines of a text begin. */
const beginOfLast = (text: string, most: number): number => {
  let at = text.endsWith('\n') ? text.length - 1 : text.length
  for (let lines = 0; lines < most; lines++) {
    if (at <= 0) return 0
    at = text.lastIndexOf('\n', at - 1)
    if (at < 0) return 0
  }
  return at + 1
}

export interface PlainLines {
  readonly lines: readonly string[]
  /** UTF-16 code units before them that are left out, since there are too many lines. */
  readonly leftOut: number
}

/** The last lines of a log, without the empty one after the last line break. */
export const plainLines = (text: string, most = MOST_LINES): PlainLines => {
  if (text === '') return { lines: [], leftOut: 0 }
  const leftOut = beginOfLast(text, most)
  const lines = text.slice(leftOut).split('\n')
  if (lines.at(-1) === '') lines.pop()
  return { lines: lines.map(plain), leftOut }
}
