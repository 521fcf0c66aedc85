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

/** The columns of a chunk, each as long as the chunk. */
export interface ChunkColumns {
  readonly timeNs: Float64Array
  readonly index: Float64Array
  readonly process: Int32Array
  readonly head: Uint32Array
  /** Where in the text the value ends, and where what follows it ends: `meta` and `error` as fields of an object. */
  readonly valueEnd: Uint32Array
  readonly end: Uint32Array
}

const emptyColumns = (): ChunkColumns => ({
  timeNs: new Float64Array(CHUNK),
  index: new Float64Array(CHUNK),
  process: new Int32Array(CHUNK),
  head: new Uint32Array(CHUNK),
  valueEnd: new Uint32Array(CHUNK),
  end: new Uint32Array(CHUNK),
})

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
    columns = emptyColumns(),
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
    this.text = used > SEALED_SHARE * this.text.length ? text : Buffer.from(text)
  }
}
