/** Text for XML 1.0 documents: JUnit, SVG. */
import { visible } from './visible.ts'

/** Not allowed in XML 1.0, not even as references: two code points, besides the control characters. */
const FORBIDDEN = /[\ufffe\uffff]/g

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** For content and for attributes in double quotes. Characters that XML forbids, and unseen ones, are written as escapes. */
export const xmlText = (text: string): string =>
  visible(text)
    .replace(FORBIDDEN, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string)

/** For attributes: line feeds and tabs are kept, which a parser would otherwise turn into blanks. */
export const xmlAttribute = (text: string): string =>
  xmlText(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
