/** Reads the JSON Lines files of a run, part by part: a file may be longer than a text can be (512 MB). */
import fs from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { type FileKind, namedSchema, requireSchema } from '../history/schema.ts'

const PART_BYTES = 2 ** 22

/** Without an incomplete last line. */
function* wholeLines(file: string): Generator<string> {
  const fd = fs.openSync(file, 'r')
  try {
    const part = Buffer.alloc(PART_BYTES)
    const decoder = new StringDecoder('utf8')
    let begun = ''
    for (let read = fs.readSync(fd, part); read > 0; read = fs.readSync(fd, part)) {
      const lines = decoder.write(part.subarray(0, read)).split('\n')
      lines[0] = begun + lines[0]
      begun = lines.pop() as string
      yield* lines
    }
  } finally {
    fs.closeSync(fd)
  }
}

/** The lines of a JSON Lines file, without its header and without an incomplete last line. */
export const readLines = <T>(kind: FileKind, file: string): readonly T[] => {
  if (!fs.existsSync(file)) return []
  const lines: T[] = []
  for (const line of wholeLines(file)) if (line !== '') lines.push(JSON.parse(line) as T)
  const schema = namedSchema(lines[0])
  if (schema === null) return lines
  requireSchema(kind, schema, file)
  return lines.slice(1)
}
