/** Text in Markdown (GitHub's dialect) that nothing in it can turn into markup. */
import { clip, visible } from '../../support/visible.ts'

/** Of a line. */
export const MOST_CHARACTERS = 1000

/**
 * Text on one line that Markdown and HTML leave as it is. A character reference is no markup, also where a backslash would be.
 * At-signs would notify people, numbers with a hash would link to issues, and addresses would become links.
 */
export const plain = (text: string): string =>
  visible(clip(text, MOST_CHARACTERS))
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>#|~&@$]|:(?=\/\/)|(?<=www)\./gi, (character) => `&#${character.charCodeAt(0)};`)

/** A command or a name as code, also in a cell of a table. A backtick would end it, and a bar the cell. */
export const inlineCode = (text: string): string => `<code>${plain(text)}</code>`
