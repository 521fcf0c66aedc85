/**
 * A history as columns: the position, time, process, type, call and node of each operation as numbers, and its value, `meta`
 * and `error` as the JSON that they were written as. An operation becomes an object when somebody asks for it. Some 50 bytes
 * an operation, where objects take 500.
 */
import type { Meta, Operation, Pair, Sequence } from '../api/history.ts'
import type { Part } from '../support/parts.ts'
import { CHUNK, CHUNK_BITS, type Chunk, Dictionary, type Rest } from './chunk.ts'
import type { ChunkTaker } from './chunk-builder.ts'
import { ChunkPairing, type ChunkPairs } from './chunk-pairing.ts'
import { Chunks, type Place, type Room } from './chunks.ts'
import { PagedNumbers } from './paged-numbers.ts'
import { type Extent, LazySequence } from './sequence.ts'

/** An operation in a chunk. Its value is parsed once, when it is asked for. */
class ColumnOperation implements Operation {
  readonly #chunk: Chunk
  readonly #row: number
  #value: unknown
  #isParsed = false
  #rest: Rest | null = null

  constructor(chunk: Chunk, row: number) {
    this.#chunk = chunk
    this.#row = row
  }

  get index(): number {
    return this.#chunk.index(this.#row)
  }

  get timeNs(): number {
    return this.#chunk.timeNs(this.#row)
  }

  get process(): Operation['process'] {
    return this.#chunk.process(this.#row)
  }

  get type(): Operation['type'] {
    return this.#chunk.type(this.#row)
  }

  get f(): string {
    return this.#chunk.f(this.#row)
  }

  get node(): string {
    // Absent, as in an object without the field.
    return this.#chunk.node(this.#row) as string
  }

  get value(): unknown {
    if (!this.#isParsed) {
      this.#value = this.#chunk.value(this.#row)
      this.#isParsed = true
    }
    return this.#value
  }

  get meta(): Meta {
    return this.#restOf().meta as Meta
  }

  get error(): string {
    return this.#restOf().error as string
  }

  #restOf(): Rest {
    this.#rest ??= this.#chunk.rest(this.#row)
    return this.#rest
  }

  /** As an object of its own. */
  toJSON(): Operation {
    const { index, timeNs, process, type, f, value, node } = this
    const rest = this.#restOf()
    return { index, timeNs, process, type, f, value, ...(node === undefined ? {} : { node }), ...rest }
  }
}

class ColumnPair implements Pair {
  readonly invocation: Operation
  readonly #complete: () => Operation | null
  #completion: Operation | null | undefined

  constructor(invocation: Operation, complete: () => Operation | null) {
    this.invocation = invocation
    this.#complete = complete
  }

  get completion(): Operation | null {
    if (this.#completion === undefined) this.#completion = this.#complete()
    return this.#completion
  }
}

/** The operations of a history and their pairs. */
export interface History {
  readonly history: Sequence<Operation>
  readonly pairs: Sequence<Pair>
}

/** What a history is made of. */
export interface Columns {
  readonly names: Dictionary
  readonly chunks: Chunks
  /** Operations. */
  readonly length: number
  /** The position of the invocation of each pair. */
  readonly invocations: PagedNumbers
  /** One more than the position of its completion; 0: none. */
  readonly completions: PagedNumbers
}

/** What is still added to columns. */
export interface Unread {
  /** Reads some more. False: there was nothing more. */
  more(): boolean
  /** Operations, with those that are there. */
  readonly atMost: number
}

/** @param unread absent: all is there */
export const historyOf = (columns: Columns, unread?: Unread): History => {
  const { chunks, invocations, completions } = columns
  const more = (): boolean => unread?.more() === true
  const extent = (known: () => number): Extent => ({
    reaches: (index) => {
      while (index >= known()) if (!more()) break
      return index < known()
    },
    length: () => {
      while (more()) {}
      return known()
    },
    atMost: unread?.atMost,
  })
  const at = (position: number): Operation =>
    new ColumnOperation(chunks.at(position >>> CHUNK_BITS), position & (CHUNK - 1))
  const completionOf = (place: number): Operation | null => {
    while (completions.at(place) === 0) if (!more()) break
    const position = completions.at(place)
    return position === 0 ? null : at(position - 1)
  }
  return {
    history: new LazySequence(
      extent(() => columns.length),
      at,
    ),
    pairs: new LazySequence(
      extent(() => invocations.length),
      (place) => new ColumnPair(at(invocations.at(place)), () => completionOf(place)),
    ),
  }
}

interface KnownChunk {
  readonly pairs: ChunkPairs
  readonly written: Place
}

/**
 * Takes the chunks of a history one after another, and pairs their operations. What it has so far can be read at any time.
 */
export class HistoryBuilder implements Columns, ChunkTaker {
  readonly names = new Dictionary()
  readonly chunks: Chunks
  readonly invocations: PagedNumbers
  readonly completions: PagedNumbers
  readonly #pairing = new ChunkPairing()
  readonly #take: ((operation: Operation) => void) | undefined
  length = 0

  /** @param take shown each operation, in their order, once it has kept the rules of histories */
  constructor(room: Room, take?: (operation: Operation) => void) {
    this.#take = take
    this.chunks = new Chunks(this.names, room)
    this.invocations = new PagedNumbers(room.makeSpill, room.mostInMemory)
    this.completions = new PagedNumbers(room.makeSpill, room.mostInMemory)
  }

  make(): Chunk {
    return this.chunks.make()
  }

  spillLong(chunk: Chunk | null, bytes: Buffer, start: number, end: number): Part | null {
    return this.chunks.spillLong(chunk, bytes, start, end)
  }

  /**
   * @param known what another thread has found out
   * @throws UserError where it breaks a rule of histories; what is before that has been taken
   */
  add(chunk: Chunk, known?: KnownChunk): void {
    const { places, error } = known?.pairs ?? this.#pairing.of(chunk)
    this.chunks.add(chunk, known?.written)
    for (let row = 0; row < places.length; row++) {
      this.#pair((places[row] as number) - 1, this.length)
      this.length++
      this.#take?.(new ColumnOperation(chunk, row))
    }
    if (error !== null) throw error
  }

  /** @param place negative: the operation belongs to no pair */
  #pair(place: number, position: number): void {
    if (place < 0) return
    if (place < this.invocations.length) {
      this.completions.set(place, position + 1)
      return
    }
    this.invocations.push(position)
    this.completions.push(0)
  }
}
