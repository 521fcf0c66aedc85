/** Pairs the operations of chunks, and holds them against the rules of histories. */
import type { Operation } from '../api/history.ts'
import { CHUNK, type Chunk } from './chunk.ts'
import { type Head, Pairing } from './pairing.ts'

/** An operation is looked at row by row: an object for each would be most of the work. */
class RowHead implements Head {
  readonly #chunk: Chunk
  row = 0

  constructor(chunk: Chunk) {
    this.#chunk = chunk
  }

  get index(): number {
    return this.#chunk.index(this.row)
  }

  get timeNs(): number {
    return this.#chunk.timeNs(this.row)
  }

  get process(): Operation['process'] {
    return this.#chunk.process(this.row)
  }

  get type(): Operation['type'] {
    return this.#chunk.type(this.row)
  }

  get f(): string {
    return this.#chunk.f(this.row)
  }
}

/** The pairs that the operations of a chunk belong to. */
export interface ChunkPairs {
  /** Of each row one more than the place of its pair, in order of invocation; 0: it belongs to none. */
  readonly places: Uint32Array<ArrayBuffer>
  /** What is wrong with the row after the last of these; null: nothing, and there is none. */
  readonly error: unknown
}

/** Takes the chunks of a history in their order. */
export class ChunkPairing {
  readonly #pairing = new Pairing()

  of(chunk: Chunk): ChunkPairs {
    const places = new Uint32Array(CHUNK)
    const head = new RowHead(chunk)
    try {
      for (; head.row < chunk.count; head.row++) places[head.row] = 1 + (this.#pairing.add(head) ?? -1)
      return { places: places.subarray(0, chunk.count), error: null }
    } catch (error) {
      return { places: places.subarray(0, head.row), error }
    }
  }
}
