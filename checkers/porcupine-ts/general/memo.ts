/** Configurations that were entered before: fixed-width rows of words in one array, found by open addressing. */

const FREE = 0

export type Added = 'new' | 'known' | 'no memory'

export class Memo {
  readonly #width: number
  readonly #maxBytes: number
  #rows: Int32Array
  #count = 0
  /** Row number plus one. */
  #table: Int32Array
  #mask: number

  constructor(width: number, maxBytes: number) {
    this.#width = width
    this.#maxBytes = maxBytes
    this.#rows = new Int32Array(width * 64)
    this.#table = new Int32Array(128)
    this.#mask = 127
  }

  get bytes(): number {
    return this.#rows.byteLength + this.#table.byteLength
  }

  get count(): number {
    return this.#count
  }

  /** The row of `width` words at `from`. */
  add(words: Int32Array, from: number): Added {
    const width = this.#width
    let at = this.#hash(words, from) & this.#mask
    for (;;) {
      const row = (this.#table[at] as number) - 1
      if (row === FREE - 1) break
      if (this.#equals(row, words, from)) return 'known'
      at = (at + 1) & this.#mask
    }
    if ((this.#count + 1) * width > this.#rows.length && !this.#growRows()) return 'no memory'
    if (2 * (this.#count + 1) > this.#mask && !this.#growTable()) return 'no memory'
    at = this.#hash(words, from) & this.#mask
    while (this.#table[at] !== FREE) at = (at + 1) & this.#mask
    this.#rows.set(words.subarray(from, from + width), this.#count * width)
    this.#table[at] = ++this.#count
    return 'new'
  }

  #equals(row: number, words: Int32Array, from: number): boolean {
    const base = row * this.#width
    for (let i = 0; i < this.#width; i++) if (this.#rows[base + i] !== words[from + i]) return false
    return true
  }

  #hash(words: Int32Array, from: number): number {
    let h = 0x811c9dc5
    for (let i = 0; i < this.#width; i++) {
      h = Math.imul(h ^ (words[from + i] as number), 0x85ebca6b)
      h ^= h >>> 13
    }
    h = Math.imul(h, 0xc2b2ae35)
    return (h ^ (h >>> 16)) >>> 0
  }

  /** Growing needs the old and the new one for a moment. */
  #fits(more: number): boolean {
    return this.bytes + more <= this.#maxBytes
  }

  #growRows(): boolean {
    if (!this.#fits(2 * this.#rows.byteLength)) return false
    const grown = new Int32Array(this.#rows.length * 2)
    grown.set(this.#rows)
    this.#rows = grown
    return true
  }

  #growTable(): boolean {
    if (!this.#fits(2 * this.#table.byteLength)) return false
    this.#mask = 2 * this.#mask + 1
    this.#table = new Int32Array(this.#mask + 1)
    for (let row = 0; row < this.#count; row++) {
      let at = this.#hash(this.#rows, row * this.#width) & this.#mask
      while (this.#table[at] !== FREE) at = (at + 1) & this.#mask
      this.#table[at] = row + 1
    }
    return true
  }
}
