/**
 * The lines of a JSON Lines file as a sequence: they are read and parsed when they are asked for, in blocks, and of the file
 * nothing is kept but where each block begins. The file must stay as it is.
 */
import fs from 'node:fs'
import type { Sequence } from '../api/history.ts'
import { type FileKind, namedSchema, requireSchema } from '../history/schema.ts'
import { LazySequence } from '../history/sequence.ts'
import { UserError } from '../support/assert.ts'
import { clip } from '../support/visible.ts'

const PART_BYTES = 2 ** 22
const BLOCK_LINES = 1024
const NEWLINE = 10

/** A line, without its end: its bytes in the file, from the first to the one behind the last. */
interface Place {
  readonly from: number
  readonly to: number
}

/** Lines that are complete and not empty. */
function* placesIn(fd: number): Generator<Place> {
  const part = Buffer.alloc(PART_BYTES)
  let [partFrom, lineFrom] = [0, 0]
  for (let read = fs.readSync(fd, part); read > 0; read = fs.readSync(fd, part)) {
    const bytes = part.subarray(0, read)
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
      const to = partFrom + at
      if (to > lineFrom) yield { from: lineFrom, to }
      lineFrom = to + 1
    }
    partFrom += read
  }
}

const textAt = (fd: number, { from, to }: Place): string => {
  const bytes = Buffer.alloc(to - from)
  fs.readSync(fd, bytes, 0, bytes.length, from)
  return bytes.toString('utf8')
}

interface Blocks {
  readonly length: number
  readonly places: readonly Place[]
}

const blocksOf = (kind: FileKind, file: string): Blocks => {
  const fd = fs.openSync(file, 'r')
  try {
    const places: Place[] = []
    let length = 0
    let isFirst = true
    for (const place of placesIn(fd)) {
      const schema = isFirst ? namedSchema(parsedLine(file, textAt(fd, place))) : null
      isFirst = false
      if (schema !== null) requireSchema(kind, schema, file)
      else if (length++ % BLOCK_LINES === 0) places.push(place)
      else places[places.length - 1] = { from: (places.at(-1) as Place).from, to: place.to }
    }
    return { length, places }
  } finally {
    fs.closeSync(fd)
  }
}

const MOST_SHOWN = 80

const parsedLine = <T>(file: string, line: string): T => {
  try {
    return JSON.parse(line) as T
  } catch {
    throw new UserError(`${file} has a line that is not JSON: ${clip(line, MOST_SHOWN)}`)
  }
}

const parsed = <T>(file: string, place: Place): readonly T[] => {
  const fd = fs.openSync(file, 'r')
  try {
    return textAt(fd, place)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => parsedLine<T>(file, line))
  } finally {
    fs.closeSync(fd)
  }
}

/**
 * The lines of a file, without its header and without an incomplete last line.
 *
 * @throws UserError if the file is of another kind or version; when lines are asked for, if one of them is not JSON
 */
export const lazyLines = <T>(kind: FileKind, file: string): Sequence<T> => {
  const { length, places } = blocksOf(kind, file)
  let known = { block: -1, lines: [] as readonly T[] }
  return new LazySequence(length, (index) => {
    const block = Math.floor(index / BLOCK_LINES)
    if (known.block !== block) known = { block, lines: parsed<T>(file, places[block] as Place) }
    return known.lines[index % BLOCK_LINES] as T
  })
}
