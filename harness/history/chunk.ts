/** Successive operations of a history as columns. */
import { Buffer } from 'node:buffer'
import type { Operation } from '../api/history.ts'
import type { Spill } from '../api/spill.ts'
import { type Part, readPart } from '../support/parts.ts'
import { JsonReader } from './json-read.ts'
import { Names } from './names.ts'

/** Operations of a chunk, as a power of 2. */
export const CHUNK_BITS = 14
export const CHUNK = 2 ** CHUNK_BITS
const FIRST_TEXT_BYTES = 2 ** 18
/** Of the room, so much must be used for it to stay. */
const SEALED_SHARE = 0.9
/** Values may have many megabytes: then twice the room would be too much. */
const MOST_SPARE_BYTES = 2 ** 23

const TYPES = ['invoke', 'ok', 'fail', 'info'] as const

/** A head: two bits of type, 14 of the call's number, 16 of the node's number plus 1. */
export const MOST_CALLS = 2 ** 14
export const MOST_NODES = 2 ** 16 - 1

/** @param node -1: none */
export const headOf = (type: Operation['type'], call: number, node: number): number =>
  (TYPES.indexOf(type) | (call << 2) | ((node + 1) << 16)) >>> 0

/** What the numbers in the chunks of a history mean. */
export class Dictionary {
  readonly calls = new Names()
  readonly nodes = new Names()
  readonly reader = new JsonReader()
  readonly #processes: Operation['process'][] = []
  readonly #processCodes = new Map<Operation['process'], number>()

  process(code: number): Operation['process'] {
    return this.#processes[code] as Operation['process']
  }

  /** By their numbers. */
  processes(): readonly Operation['process'][] {
    return this.#processes
  }

  codeOfProcess(process: Operation['process']): number {
    const known = this.#processCodes.get(process)
    if (known !== undefined) return known
    const code = this.#processes.push(process) - 1
    this.#processCodes.set(process, code)
    return code
  }
}

/** What an operation may have besides. */
export type Rest = Pick<Operation, 'meta' | 'error'>
const NOTHING: Rest = {}

/** The columns of a chunk, each as long as the chunk, one after another in one buffer. */
export interface ChunkColumns {
  readonly timeNs: Float64Array<ArrayBuffer>
  readonly index: Float64Array<ArrayBuffer>
  readonly process: Int32Array<ArrayBuffer>
  readonly head: Uint32Array<ArrayBuffer>
  /** Where in the text the value ends, and where what follows it ends: `meta` and `error` as fields of an object. */
  readonly valueEnd: Uint32Array<ArrayBuffer>
  readonly end: Uint32Array<ArrayBuffer>
}

/** The columns with the bytes of an entry: longest first, so that each begins at a multiple of its size. */
const LAYOUT = [
  ['timeNs', 8],
  ['index', 8],
  ['process', 4],
  ['head', 4],
  ['valueEnd', 4],
  ['end', 4],
] as const satisfies readonly (readonly [keyof ChunkColumns, number])[]

/** Of all columns of a chunk. */
export const COLUMN_BYTES = LAYOUT.reduce((sum, [, bytes]) => sum + bytes * CHUNK, 0)

/** @param start in the buffer, a multiple of 8 */
export const columnsIn = (buffer: ArrayBuffer, start = 0): ChunkColumns => {
  let at = start
  const next = <A>(kind: new (buffer: ArrayBuffer, offset: number, length: number) => A, size: number): A => {
    const column = new kind(buffer, at, CHUNK)
    at += size * CHUNK
    return column
  }
  return {
    timeNs: next(Float64Array, 8),
    index: next(Float64Array, 8),
    process: next(Int32Array, 4),
    head: next(Uint32Array, 4),
    valueEnd: next(Uint32Array, 4),
    end: next(Uint32Array, 4),
  }
}

/** The bytes of the columns, one after another. */
export const bytesOfColumns = ({ timeNs: first }: ChunkColumns): Buffer =>
  Buffer.from(first.buffer, first.byteOffset, COLUMN_BYTES)

export class Chunk {
  readonly names: Dictionary
  readonly columns: ChunkColumns
  /** The values and the rest, one after another. */
  text: Buffer
  count: number
  /** Rows whose values are not in the text, with where they are. */
  readonly long = new Map<number, Part>()
  /** Where these are read from. */
  readonly #spillOf: () => Spill

  constructor(
    names: Dictionary,
    spillOf: () => Spill,
    columns = columnsIn(new ArrayBuffer(COLUMN_BYTES)),
    text: Buffer = Buffer.allocUnsafeSlow(FIRST_TEXT_BYTES),
    count = 0,
  ) {
    this.names = names
    this.#spillOf = spillOf
    this.columns = columns
    this.text = text
    this.count = count
  }

  index(row: number): number {
    return this.columns.index[row] as number
  }

  timeNs(row: number): number {
    return this.columns.timeNs[row] as number
  }

  process(row: number): Operation['process'] {
    return this.names.process(this.columns.process[row] as number)
  }

  type(row: number): Operation['type'] {
    return TYPES[(this.columns.head[row] as number) & 3] as Operation['type']
  }

  f(row: number): string {
    return this.names.calls.at(((this.columns.head[row] as number) >>> 2) & (MOST_CALLS - 1))
  }

  node(row: number): string | undefined {
    const node = (this.columns.head[row] as number) >>> 16
    return node === 0 ? undefined : this.names.nodes.at(node - 1)
  }

  value(row: number): unknown {
    const long = this.long.get(row)
    if (long !== undefined) {
      const bytes = readPart(this.#spillOf(), long, 'a value of the history')
      return this.names.reader.read(bytes, 0, bytes.length)
    }
    const start = row === 0 ? 0 : (this.columns.end[row - 1] as number)
    return this.names.reader.read(this.text, start, this.columns.valueEnd[row] as number)
  }

  rest(row: number): Rest {
    const [start, end] = [this.columns.valueEnd[row] as number, this.columns.end[row] as number]
    if (start === end) return NOTHING
    return JSON.parse(`{${this.text.toString('utf8', start, end)}}`) as Rest
  }

  /** Room for so many bytes more. */
  reserve(bytes: number): void {
    const used = this.used()
    if (used + bytes <= this.text.length) return
    const more = Math.min(this.text.length, MOST_SPARE_BYTES)
    const larger = Buffer.allocUnsafeSlow(Math.max(this.text.length + more, used + bytes))
    this.text.copy(larger, 0, 0, used)
    this.text = larger
  }

  /** Bytes of the text. */
  used(): number {
    return this.count === 0 ? 0 : (this.columns.end[this.count - 1] as number)
  }

  /** Gives back the room that was not used, unless it is little. */
  seal(): void {
    const used = this.used()
    const text = this.text.subarray(0, used)
    if (used > SEALED_SHARE * this.text.length) this.text = text
    else {
      // In a buffer of its own, which another thread can be given.
      this.text = Buffer.allocUnsafeSlow(used)
      text.copy(this.text)
    }
  }
}
