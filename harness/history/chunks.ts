/**
 * The chunks of a history. The first stay in memory; those of a longer history are written to a temporary file, and read
 * when they are asked for. The file has no name: whatever ends the process, nothing is left.
 */
import { Buffer } from 'node:buffer'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import zlib from 'node:zlib'
import { UserError } from '../support/assert.ts'
import { CHUNK, Chunk, type ChunkColumns, type Dictionary } from './chunk.ts'

/** Some 80 MB: 16,384 operations with short values take 1.2 MB. */
const MOST_IN_MEMORY = 64
/** Of those in the file, so many are kept as they were asked for last. */
const MOST_KEPT = 32

/** The columns in the file, with the bytes of an entry: longest first, so that each begins at a multiple of its size. */
const LAYOUT = [
  ['timeNs', 8],
  ['index', 8],
  ['process', 4],
  ['head', 4],
  ['valueEnd', 4],
  ['end', 4],
] as const satisfies readonly (readonly [keyof ChunkColumns, number])[]

const COLUMN_BYTES = LAYOUT.reduce((sum, [, bytes]) => sum + bytes * CHUNK, 0)

/** Where a chunk stands in the file. */
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

/** A file for this process alone. It is closed when nobody can ask for its chunks any more. */
class SpillFile {
  readonly #fd: number
  readonly #folder: string
  #length = 0

  private constructor(fd: number, folder: string) {
    this.#fd = fd
    this.#folder = folder
    closing.register(this, fd)
  }

  static create(): SpillFile {
    const folder = process.env.TMPDIR ?? (fs.existsSync('/var/tmp') ? '/var/tmp' : os.tmpdir())
    const file = path.join(folder, `faultline-history-${process.pid}-${performance.now()}`)
    const fd = fs.openSync(file, 'wx+', 0o600)
    fs.unlinkSync(file)
    return new SpillFile(fd, folder)
  }

  /** @throws UserError if there is no room */
  write(chunk: Chunk): Place {
    const bytes = bytesOf(chunk)
    const offset = this.#length
    try {
      for (let at = 0; at < bytes.length; )
        at += fs.writeSync(this.#fd, bytes, at, bytes.length - at, offset + at)
    } catch (error) {
      throw new UserError(
        `The history is too long for memory, and ${this.#folder} has no room for it (${error instanceof Error ? error.message : String(error)}): set TMPDIR to a folder with more.`,
      )
    }
    this.#length += bytes.length
    return { offset, bytes: bytes.length, count: chunk.count, checksum: zlib.crc32(bytes) }
  }

  /** @throws Error if it is not what was written */
  read({ offset, bytes, count, checksum }: Place, names: Dictionary): Chunk {
    const content = Buffer.allocUnsafeSlow(bytes)
    for (let at = 0; at < bytes; ) {
      const read = fs.readSync(this.#fd, content, at, bytes - at, offset + at)
      if (read === 0) break
      at += read
    }
    if (zlib.crc32(content) !== checksum)
      throw new Error(`the chunk at byte ${offset} of the history's temporary file is not what was written`)
    return new Chunk(names, columnsIn(content), content.subarray(COLUMN_BYTES), count)
  }
}

const closing = new FinalizationRegistry<number>((fd) => fs.closeSync(fd))

export class Chunks {
  readonly #names: Dictionary
  readonly #mostInMemory: number
  readonly #inMemory: Chunk[] = []
  readonly #places: Place[] = []
  #file: SpillFile | null = null
  /** The least recently asked for first. */
  readonly #kept = new Map<number, Chunk>()
  #last: { readonly at: number; readonly chunk: Chunk } | null = null

  constructor(names: Dictionary, mostInMemory = MOST_IN_MEMORY) {
    this.#names = names
    this.#mostInMemory = mostInMemory
  }

  /** Takes the next chunk, to which nothing is added any more. */
  add(chunk: Chunk): void {
    chunk.seal()
    if (this.#inMemory.length < this.#mostInMemory) {
      this.#inMemory.push(chunk)
      return
    }
    this.#file ??= SpillFile.create()
    this.#places.push(this.#file.write(chunk))
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
    if (place === undefined || this.#file === null) throw new RangeError(`there is no chunk ${index}`)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    return this.#file.read(place, this.#names)
  }
}
