/** Finds and reads a history file: in a Jepsen or Maelstrom store folder, compressed or not. */
import fs from 'node:fs'
import path from 'node:path'
import zlib from 'node:zlib'
import type { HistorySource } from '../history/decode.ts'
import { messageOf, UserError } from '../support/assert.ts'
import { SpillFile } from './spill-file.ts'
import { limitYoungHeap } from './young-heap.ts'

/** What a store folder of Jepsen's or Maelstrom's may hold, best first. */
const IN_A_STORE = [
  'history.edn',
  'history.edn.gz',
  'history.jsonl',
  'history.txt',
  'history.json',
  'jepsen.log',
]

const PIECE_BYTES = 2 ** 20
/** More of a first line is not looked at. */
const FIRST_LINE_BYTES = 2 ** 16

const COMPRESSED: readonly (readonly [magic: string, decompress: (content: Buffer) => Buffer])[] = [
  ['1f8b', (content) => zlib.gunzipSync(content)],
  ['28b52ffd', (content) => zlib.zstdDecompressSync(content)],
]

const inFolder = (folder: string): string => {
  const found = IN_A_STORE.map((name) => path.join(folder, name)).find((file) => fs.existsSync(file))
  if (found !== undefined) return found
  throw new UserError(
    `${folder} is no run and no store of Jepsen's: none of ${IN_A_STORE.join(', ')} is in it.`,
  )
}

/** The file piece by piece. A piece is only good until the next one. */
export function* piecesOf(file: string): Iterable<Buffer> {
  const fd = fs.openSync(file, 'r')
  try {
    const piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
    for (;;) {
      const read = fs.readSync(fd, piece)
      if (read === 0) return
      yield piece.subarray(0, read)
      limitYoungHeap()
    }
  } finally {
    fs.closeSync(fd)
  }
}

const LINE_END = 0x0a

/** How many there are, with one that has no end. */
export const linesIn = (file: string): number => {
  let lines = 1
  for (const piece of piecesOf(file))
    for (let at = piece.indexOf(LINE_END); at !== -1; at = piece.indexOf(LINE_END, at + 1)) lines++
  return lines
}

const beginningOf = (file: string): Buffer => {
  const fd = fs.openSync(file, 'r')
  try {
    const beginning = Buffer.alloc(FIRST_LINE_BYTES)
    return beginning.subarray(0, fs.readSync(fd, beginning))
  } finally {
    fs.closeSync(fd)
  }
}

const decompress = (file: string, unpack: (content: Buffer) => Buffer): Buffer => {
  try {
    return unpack(fs.readFileSync(file))
  } catch (error) {
    throw new UserError(`${file} cannot be decompressed (${messageOf(error)}).`)
  }
}

const firstLineIn = (beginning: Buffer): string => /\S.*/.exec(beginning.toString('utf8'))?.[0] ?? ''

/**
 * Finds a history file. It is read when its parts are asked for.
 *
 * @throws UserError where nothing is there, or it cannot be read
 */
export const findHistory = (given: string): HistorySource => {
  const file = fs.statSync(given).isDirectory() ? inFolder(given) : given
  const name = path.relative('.', file)
  const beginning = beginningOf(file)
  const compressed = COMPRESSED.find(([magic]) => beginning.toString('hex').startsWith(magic))
  const makeSpill = () => new SpillFile()
  if (compressed === undefined)
    return {
      name,
      file,
      makeSpill,
      firstLine: () => firstLineIn(beginning),
      pieces: () => piecesOf(file),
      text: () => fs.readFileSync(file, 'utf8'),
    }
  const content = decompress(file, compressed[1])
  return {
    name,
    file: null,
    makeSpill,
    firstLine: () => firstLineIn(content.subarray(0, FIRST_LINE_BYTES)),
    pieces: () => [content],
    text: () => content.toString('utf8'),
  }
}
