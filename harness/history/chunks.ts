/** The chunks of a history. The first stay in memory; those of a longer history go where there is room, and come back on demand. */
import { Buffer } from 'node:buffer'
import zlib from 'node:zlib'
import { CHUNK, Chunk, type ChunkColumns, type Dictionary } from './chunk.ts'

/** Some 80 MB: 16,384 operations with short values take 1.2 MB. */
const MOST_IN_MEMORY = 64
/** Of the others, so many are kept as they were asked for last. */
const MOST_KEPT = 32

/** The columns as bytes, with the bytes of an entry: longest first, so that each begins at a multiple of its size. */
const LAYOUT = [
  ['timeNs', 8],
  ['index', 8],
  ['process', 4],
  ['head', 4],
  ['valueEnd', 4],
  ['end', 4],
] as const satisfies readonly (readonly [keyof ChunkColumns, number])[]

const COLUMN_BYTES = LAYOUT.reduce((sum, [, bytes]) => sum + bytes * CHUNK, 0)

/** Room for chunks beside the memory. */
export interface Spill {
  /** Takes bytes, and tells where they are. @throws UserError if there is no room */
  write(bytes: Buffer): number
  read(offset: number, bytes: number): Buffer<ArrayBuffer>
}

/** Where a chunk is in the spill. */
interface Place {
  readonly offset: number
  readonly bytes: number
  readonly count: number
  readonly checksum: number
}

const bytesOf = ({ columns, text }: Chunk): Buffer =>
  Buffer.concat([
    ...LAYOUT.map(([name]) => {
      const { buffer, byteOffset, byteLength } = columns[name]
      return Buffer.from(buffer, byteOffset, byteLength)
    }),
    text,
  ])

const columnsIn = (bytes: Buffer<ArrayBuffer>): ChunkColumns => {
  let at = bytes.byteOffset
  const next = <A>(kind: new (buffer: ArrayBuffer, offset: number, length: number) => A, size: number): A => {
    const column = new kind(bytes.buffer, at, CHUNK)
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

export class Chunks {
  readonly #names: Dictionary
  readonly #mostInMemory: number
  readonly #inMemory: Chunk[] = []
  readonly #places: Place[] = []
  readonly #makeSpill: (() => Spill) | null
  #spill: Spill | null = null
  /** The least recently asked for first. */
  readonly #kept = new Map<number, Chunk>()
  #last: { readonly at: number; readonly chunk: Chunk } | null = null

  /** @param makeSpill null: all stay in memory */
  constructor(names: Dictionary, makeSpill: (() => Spill) | null, mostInMemory = MOST_IN_MEMORY) {
    this.#names = names
    this.#makeSpill = makeSpill
    this.#mostInMemory = mostInMemory
  }

  /** Takes the next chunk, to which nothing is added any more. */
  add(chunk: Chunk): void {
    chunk.seal()
    if (this.#makeSpill === null || this.#inMemory.length < this.#mostInMemory) {
      this.#inMemory.push(chunk)
      return
    }
    this.#spill ??= this.#makeSpill()
    const bytes = bytesOf(chunk)
    const offset = this.#spill.write(bytes)
    this.#places.push({ offset, bytes: bytes.length, count: chunk.count, checksum: zlib.crc32(bytes) })
  }

  at(index: number): Chunk {
    const inMemory = this.#inMemory[index]
    if (inMemory !== undefined) return inMemory
    if (this.#last?.at === index) return this.#last.chunk
    const chunk = this.#kept.get(index) ?? this.#read(index)
    this.#kept.delete(index)
    this.#kept.set(index, chunk)
    this.#last = { at: index, chunk }
    return chunk
  }

  #read(index: number): Chunk {
    const place = this.#places[index - this.#inMemory.length]
    if (place === undefined || this.#spill === null) throw new RangeError(`there is no chunk ${index}`)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    const { offset, bytes, count, checksum } = place
    const content = this.#spill.read(offset, bytes)
    if (zlib.crc32(content) !== checksum)
      throw new Error(`operations ${index * CHUNK} and following of the history were damaged on disk`)
    return new Chunk(this.#names, columnsIn(content), content.subarray(COLUMN_BYTES), count)
  }
}
