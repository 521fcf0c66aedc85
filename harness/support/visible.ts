/**
 * Text that comes from a cluster, a log or an imported history, made safe to print: it cannot move the cursor, set colours,
 * or change the order in which a line is read.
 */

/**
 * Control characters (C0 without tab and line feed, C1), controls of text direction (Unicode Bidirectional Algorithm,
 * UAX #9), characters without width, separators of lines and paragraphs, tags, and halves of surrogate pairs.
 */
const UNSEEN =
  /[^\P{Cc}\t\n]|[\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\p{Cs}\u{e0000}-\u{e007f}]/gu

const escaped = (character: string): string => {
  const code = character.codePointAt(0) as number
  const digits = code.toString(16)
  return code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`
}

/** Such characters as escapes: `\x1b`, `\u{202e}`. Tabs and line feeds stay. */
export const visible = (text: string): string => text.replace(UNSEEN, escaped)

/** The beginning of a text, and how much of it was left out. @param most in UTF-16 code units, at least 1 */
export const clip = (text: string, most: number): string => {
  if (text.length <= most) return text
  // Half of a surrogate pair is no character.
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 1)) ? most - 1 : most
  return `${text.slice(0, end)}... (${text.length - end} more characters)`
}
