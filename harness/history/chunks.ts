/** The chunks of a history. The first stay in memory; those of a longer history go where there is room, and come back on demand. */
import type { Spill } from '../api/spill.ts'
import { assert } from '../support/assert.ts'
import { type Part, readPart, writePart } from '../support/parts.ts'
import { bytesOfColumns, CHUNK, Chunk, COLUMN_BYTES, columnsIn, type Dictionary } from './chunk.ts'

/** Some 40 MB: 16,384 operations with short values take 1.2 MB. */
const MOST_IN_MEMORY = 32
/** Of the others, so many are kept as they were asked for last. */
const MOST_KEPT = 32
/** Of each, where values are longer. Fewer chunks than FEWEST would be read again and again. */
const MOST_BYTES = 5 * 2 ** 24
const FEWEST = 8

/** A longer value is not kept in memory with the others of its chunk: a read of a set may have as many bytes as the file. */
const LONG_BYTES = 2 ** 20
/** Shorter ones neither, if a chunk has so many of them. */
const FULL_BYTES = 2 ** 23
const LONG_IN_FULL_BYTES = 2 ** 14

/** Whether a value is too long to be kept in memory. @param chunk to which it is to be added */
const isLong = (chunk: Chunk | null, bytes: number, longBytes = LONG_BYTES): boolean =>
  bytes >= ((chunk?.used() ?? 0) < FULL_BYTES ? longBytes : Math.min(longBytes, LONG_IN_FULL_BYTES))

/** Where a chunk is in the spill. */
export interface Place extends Part {
  /** Operations. */
  readonly count: number
  /** Rows whose values are parts of their own. Absent: there is none. */
  readonly long?: readonly (readonly [row: number, value: Part])[]
}

/** What stands in a chunk, but for its long values. */
type ChunkContent = Pick<Chunk, 'columns' | 'text' | 'count'>

/** Where the chunks of a history go. */
export interface Room {
  /** Absent: all stay in memory, and nowhere else. */
  readonly makeSpill?: (() => Spill) | undefined
  /** Those that stay in memory are in the spill, too. */
  readonly spillsAll?: boolean
  /** Where another thread has put all chunks. Each is asked for soon after it was added. */
  readonly written?: Spill
  /** Chunks. Absent: as many as take some 40 MB. */
  readonly mostInMemory?: number | undefined
  /** Values of so many bytes are read from the spill whenever they are asked for. Absent: a megabyte. */
  readonly longBytes?: number | undefined
}

const sizeOf = ({ text }: Chunk): number => COLUMN_BYTES + text.length

export class Chunks {
  readonly #names: Dictionary
  readonly #room: Room
  readonly #mostInMemory: number
  /** The first ones. */
  readonly #inMemory: Chunk[] = []
  #bytesInMemory = 0
  /** Null: it is in memory only. */
  readonly #places: (Place | null)[]
  #spill: Spill | null = null
  /** The least recently asked for first. */
  readonly #kept = new Map<number, Chunk>()
  #bytesKept = 0
  #last: { readonly at: number; readonly chunk: Chunk } | null = null

  /** @param places of chunks that the spill has already */
  constructor(names: Dictionary, room: Room, places: readonly Place[] = []) {
    this.#names = names
    this.#room = room
    this.#mostInMemory = room.mostInMemory ?? MOST_IN_MEMORY
    this.#places = [...places]
  }

  /** One that is to be added. @param content absent: it is empty, and is to be filled */
  make(content?: ChunkContent): Chunk {
    return new Chunk(this.#names, () => this.#spillOf(), content?.columns, content?.text, content?.count)
  }

  /** Takes a value out of memory if it is long. Null: it is not. @param chunk to which it is to be added */
  spillLong(chunk: Chunk | null, bytes: Buffer, start: number, end: number): Part | null {
    const { makeSpill, longBytes } = this.#room
    return makeSpill !== undefined && isLong(chunk, end - start, longBytes)
      ? writePart(this.#spillOf(), bytes.subarray(start, end))
      : null
  }

  /**
   * Takes the next chunk, to which nothing is added any more. Returns where it is in the spill; null: it is in memory only.
   *
   * @param written where it is already
   */
  add(chunk: Chunk, written?: Place): Place | null {
    chunk.seal()
    const { makeSpill, spillsAll = false, written: spill } = this.#room
    const isKept = makeSpill === undefined || (spill === undefined && this.#hasRoomFor(chunk))
    if (isKept) this.#inMemory.push(chunk)
    if (isKept) this.#bytesInMemory += sizeOf(chunk)
    else if (spill !== undefined) this.#keep(this.#places.length, chunk)
    const place = written ?? (isKept && !spillsAll ? null : this.#write(chunk))
    this.#places.push(place)
    return place
  }

  /** The first ones stay: one that comes after one that did not is no first one. */
  #hasRoomFor(chunk: Chunk): boolean {
    const { length } = this.#inMemory
    return (
      length === this.#places.length &&
      length < this.#mostInMemory &&
      this.#bytesInMemory + sizeOf(chunk) <= MOST_BYTES
    )
  }

  #write(chunk: Chunk): Place {
    const place = {
      ...writePart(this.#spillOf(), bytesOfColumns(chunk.columns), chunk.text),
      count: chunk.count,
    }
    return chunk.long.size === 0 ? place : { ...place, long: [...chunk.long] }
  }

  #spillOf(): Spill {
    const { makeSpill, written } = this.#room
    const spill = this.#spill ?? written ?? makeSpill?.()
    assert(spill !== undefined, 'chunks without a spill stay in memory')
    this.#spill = spill
    return spill
  }

  /** Of all chunks. They must all be in the spill. */
  places(): readonly Place[] {
    return this.#places.map((place) => {
      assert(place !== null, 'a chunk is in memory only')
      return place
    })
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
    const place = this.#places[index]
    if (place === undefined || place === null) throw new RangeError(`there is no chunk ${index}`)
    const content = readPart(
      this.#spillOf(),
      place,
      `operations ${index * CHUNK} and following of the history`,
    )
    const [columns, text] = [columnsIn(content.buffer, content.byteOffset), content.subarray(COLUMN_BYTES)]
    const chunk = this.make({ columns, text, count: place.count })
    for (const [row, value] of place.long ?? []) chunk.long.set(row, value)
    this.#makeRoomFor(chunk)
    return chunk
  }

  /** It is asked for soon, and those before it are not. */
  #keep(index: number, chunk: Chunk): void {
    this.#makeRoomFor(chunk, FEWEST)
    this.#kept.set(index, chunk)
  }

  #makeRoomFor(chunk: Chunk, most = MOST_KEPT + this.#mostInMemory - this.#inMemory.length): void {
    this.#bytesKept += sizeOf(chunk)
    const isFull = (): boolean =>
      this.#kept.size >= most || (this.#bytesKept > MOST_BYTES && this.#kept.size >= FEWEST)
    for (const [place, oldest] of this.#kept) {
      if (!isFull()) return
      this.#kept.delete(place)
      this.#bytesKept -= sizeOf(oldest)
    }
  }
}
