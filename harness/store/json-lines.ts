/** Reads the JSON Lines files of a run. */
import fs from 'node:fs'
import { type FileKind, namedSchema, requireSchema } from '../history/schema.ts'

/** The lines of a JSON Lines file, without its header and without an incomplete last line. */
export const readLines = <T>(kind: FileKind, file: string): readonly T[] => {
  if (!fs.existsSync(file)) return []
  const text = fs.readFileSync(file, 'utf8')
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T)
  const schema = namedSchema(lines[0])
  if (schema === null) return lines
  requireSchema(kind, schema, file)
  return lines.slice(1)
}
