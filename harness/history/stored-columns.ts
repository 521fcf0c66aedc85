/**
 * The stored form of a history: its columns as they are in memory, in a file beside history.jsonl from which they are read
 * chunk by chunk, without looking at the text again. It never counts for itself: it can be made again at any time.
 *
 *     header       a line, as in every file of a run
 *     chunks       columns and text of 16,384 operations each (chunks.ts)
 *     invocations  of the pairs, in pages (paged-numbers.ts)
 *     completions  of the pairs; those of a long history stand between the chunks
 *     directory    JSON: where these are, with their checksums; the names; what history.jsonl they were made of
 *     end          where the directory is, with its checksum, and a mark
 *
 * The end is written last. Without it, the rest is nothing.
 */
import { Buffer } from 'node:buffer'
import { endianness } from 'node:os'
import type { Operation } from '../api/history.ts'
import type { Spill } from '../api/spill.ts'
import { parseJson, printJson } from '../support/json.ts'
import { type Part, readPart, writePart } from '../support/parts.ts'
import { Dictionary } from './chunk.ts'
import { Chunks, type Place } from './chunks.ts'
import type { Columns } from './columns.ts'
import { PagedNumbers } from './paged-numbers.ts'
import { encodeHeader, isNewest } from './schema.ts'

/** The history.jsonl that columns were made of. */
export interface Origin {
  readonly bytes: number
  /** CRC-32 of all its bytes. */
  readonly checksum: number
  /** Which file it is and when it was changed last, where the file system's word is enough. Null: only the checksum counts. */
  readonly state: string | null
}

interface Directory {
  readonly header: Part
  /** Of the numbers in the columns: `LE` or `BE`. */
  readonly byteOrder: string
  readonly origin: Origin
  readonly operations: number
  readonly chunks: readonly Place[]
  readonly pairs: number
  readonly invocations: readonly Part[]
  readonly completions: readonly Part[]
  readonly calls: readonly string[]
  /** As JSON: somebody else's history may call a node anything. */
  readonly nodes: readonly string[]
  readonly processes: readonly Operation['process'][]
}

const MARK = Buffer.from('columns\n')
/** Offset, length and checksum of the directory, and the mark. */
const END_BYTES = 8 + 8 + 4 + MARK.length

const encodeEnd = ({ offset, bytes, checksum }: Part): Buffer => {
  const end = Buffer.alloc(END_BYTES)
  end.writeDoubleLE(offset, 0)
  end.writeDoubleLE(bytes, 8)
  end.writeUInt32LE(checksum, 16)
  MARK.copy(end, 20)
  return end
}

/** Null: it is none. */
const decodeEnd = (end: Buffer, offset: number): Part | null => {
  if (!end.subarray(20).equals(MARK)) return null
  const part = { offset: end.readDoubleLE(0), bytes: end.readDoubleLE(8), checksum: end.readUInt32LE(16) }
  return part.offset + part.bytes === offset ? part : null
}

/** Begins a stored form: the chunks are to follow. @param faultline the version that writes it */
export const beginColumns = (spill: Spill, faultline: string): Part =>
  writePart(spill, Buffer.from(encodeHeader('columns', faultline)))

/** Ends a stored form that has the header and all the chunks. */
export const endColumns = (spill: Spill, header: Part, columns: Columns, origin: Origin): void => {
  const { names, chunks, length, invocations, completions } = columns
  const directory: Directory = {
    header,
    byteOrder: endianness(),
    origin,
    operations: length,
    chunks: chunks.places(),
    pairs: invocations.length,
    invocations: invocations.parts(),
    completions: completions.parts(),
    calls: names.calls.all(),
    nodes: names.nodes.all().map(printJson),
    processes: names.processes(),
  }
  spill.write(encodeEnd(writePart(spill, Buffer.from(JSON.stringify(directory)))))
}

const readDirectory = (spill: Spill, bytes: number): Directory | null => {
  const offset = bytes - END_BYTES
  const end = offset < 0 ? null : decodeEnd(spill.read(offset, END_BYTES), offset)
  if (end === null) return null
  const directory = JSON.parse(readPart(spill, end, 'the directory').toString()) as Directory
  const isOurs = isNewest('columns', JSON.parse(readPart(spill, directory.header, 'the header').toString()))
  return isOurs && directory.byteOrder === endianness() ? directory : null
}

/**
 * The columns, whose chunks are read when they are asked for. Null: they are not whole, of another version or of another
 * machine, or made of another history. Throws where a part is damaged.
 *
 * @param bytes of the stored form
 * @param isOrigin whether the history is still that one
 */
export const readColumns = (
  spill: Spill,
  bytes: number,
  isOrigin: (origin: Origin) => boolean,
  mostInMemory?: number,
): Columns | null => {
  const directory = readDirectory(spill, bytes)
  if (directory === null || !isOrigin(directory.origin)) return null
  const names = new Dictionary()
  for (const call of directory.calls) names.calls.codeOf(call)
  for (const node of directory.nodes) names.nodes.codeOf(parseJson(node) as string)
  for (const process of directory.processes) names.codeOfProcess(process)
  const numbersIn = (parts: readonly Part[]): PagedNumbers =>
    new PagedNumbers(() => spill, mostInMemory, { parts, length: directory.pairs })
  return {
    names,
    chunks: new Chunks(names, { makeSpill: () => spill, mostInMemory }, directory.chunks),
    length: directory.operations,
    invocations: numbersIn(directory.invocations),
    completions: numbersIn(directory.completions),
  }
}
