/**
 * Rows of whole numbers and doubles on disk, in buckets: each bucket is read by itself, in the order in which its rows came.
 * In memory there is a block of each bucket.
 */
import { Buffer } from 'node:buffer'
import type { Spill } from '../api/spill.ts'
import { type Part, readPart, writePart } from './parts.ts'

const BLOCK_BYTES = 2 ** 16
const WORD_BYTES = 4

/** Rows one after another, as words of 32 bits. A double takes two of them, and begins at an even word. */
interface Block {
  readonly words: Int32Array<ArrayBuffer>
  /** The same bytes as doubles: double `i` is words `2 * i` and the next one. */
  readonly doubles: Float64Array<ArrayBuffer>
}

/** Where a row is to be put: from word `at`. */
interface Slot extends Block {
  readonly at: number
}

const blockIn = (buffer: ArrayBuffer, byteOffset: number, bytes: number): Block => ({
  words: new Int32Array(buffer, byteOffset, bytes / WORD_BYTES),
  doubles: new Float64Array(buffer, byteOffset, Math.floor(bytes / Float64Array.BYTES_PER_ELEMENT)),
})

class Bucket implements Slot {
  readonly words: Int32Array<ArrayBuffer>
  readonly doubles: Float64Array<ArrayBuffer>
  readonly parts: Part[] = []
  at = 0
  /** The first word behind the last row. */
  end = 0
  rows = 0

  constructor(bytes: number) {
    const { words, doubles } = blockIn(new ArrayBuffer(bytes), 0, bytes)
    this.words = words
    this.doubles = doubles
  }

  bytes(): Buffer {
    return Buffer.from(this.words.buffer, 0, this.end * WORD_BYTES)
  }
}

export class SpilledRows {
  readonly #spill: Spill
  readonly #what: string
  readonly #rowWords: number
  readonly #blockBytes: number
  readonly #buckets: Bucket[] = []

  /**
   * @param what they are, for the error that is thrown if they are damaged, such as `the operations`
   * @param rowWords words of a row. Rows with doubles have an even number
   */
  constructor(spill: Spill, what: string, rowWords: number) {
    this.#spill = spill
    this.#what = what
    this.#rowWords = rowWords
    this.#blockBytes = Math.floor(BLOCK_BYTES / (rowWords * WORD_BYTES)) * rowWords * WORD_BYTES
  }

  /** Room for a row at the end of a bucket: it is to be written before the next one is asked for. */
  next(bucket: number): Slot {
    const open = this.#bucketAt(bucket)
    if (open.end === open.words.length) {
      open.parts.push(writePart(this.#spill, open.bytes()))
      open.end = 0
    }
    open.at = open.end
    open.end += this.#rowWords
    open.rows++
    return open
  }

  #bucketAt(bucket: number): Bucket {
    const known = this.#buckets[bucket]
    if (known !== undefined) return known
    const made = new Bucket(this.#blockBytes)
    this.#buckets[bucket] = made
    return made
  }

  /** Rows in a bucket. */
  count(bucket: number): number {
    return this.#buckets[bucket]?.rows ?? 0
  }

  /**
   * The rows of a bucket. Nothing may be added to it meanwhile. Each block is there until the next one is asked for: new memory
   * for each would be gigabytes that the process never gives back.
   */
  *blocks(bucket: number): Iterable<Block> {
    const asked = this.#buckets[bucket]
    if (asked === undefined) return
    const room = Buffer.allocUnsafeSlow(asked.parts.length === 0 ? 0 : this.#blockBytes)
    for (const part of asked.parts) {
      const { buffer, byteOffset, length } = readPart(this.#spill, part, this.#what, room)
      yield blockIn(buffer, byteOffset, length)
    }
    yield blockIn(asked.words.buffer, 0, asked.end * WORD_BYTES)
  }
}
