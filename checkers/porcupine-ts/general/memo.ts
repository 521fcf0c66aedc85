/**
 * Configurations that the search has entered before: rows of words in one array, found by open addressing. A row is a
 * key and a set of burdens, as bits. Of two rows with the same key, the one whose burdens are a subset of the other's can
 * do everything that the other can, so the other counts as known. Rows with the same key form a chain.
 */
import { int32 } from '../history/allocate.ts'

const FREE = 0

export type Added = 'new' | 'known' | 'no memory'

export class Memo {
  readonly #keyWidth: number
  readonly #setWidth: number
  /** Words of a row: key, set, and the number of the next row in the chain plus one. */
  readonly #width: number
  readonly #maxBytes: number
  #rows: Int32Array
  #count = 0
  /** For each key, the number of the first row in its chain plus one. */
  #table = int32(128)
  #mask = 127
  #keys = 0

  constructor(keyWidth: number, setWidth: number, maxBytes: number) {
    this.#keyWidth = keyWidth
    this.#setWidth = setWidth
    this.#width = keyWidth + setWidth + 1
    this.#maxBytes = maxBytes
    this.#rows = int32(this.#width * 64)
  }

  get bytes(): number {
    return this.#rows.byteLength + this.#table.byteLength
  }

  get count(): number {
    return this.#count
  }

  /** `row`: the words of the key, then those of the set. */
  add(row: Int32Array): Added {
    const at = this.#find(row)
    const head = this.#table[at] as number
    for (let link = head; link !== 0; link = this.#rows[link * this.#width - 1] as number) {
      const base = (link - 1) * this.#width + this.#keyWidth
      if (this.#bearsAllOf(row, this.#keyWidth, this.#rows, base)) return 'known'
      if (!this.#bearsAllOf(this.#rows, base, row, this.#keyWidth)) continue
      for (let i = 0; i < this.#setWidth; i++) this.#rows[base + i] = row[this.#keyWidth + i] as number
      return 'new'
    }
    if ((this.#count + 1) * this.#width > this.#rows.length && !this.#growRows()) return 'no memory'
    this.#rows.set(row, this.#count * this.#width)
    this.#rows[(this.#count + 1) * this.#width - 1] = head
    this.#table[at] = ++this.#count
    if (head !== FREE) return 'new'
    return 2 * ++this.#keys > this.#mask && !this.#growTable() ? 'no memory' : 'new'
  }

  /** Whether the one set contains the other. */
  #bearsAllOf(more: Int32Array, moreAt: number, less: Int32Array, lessAt: number): boolean {
    for (let i = 0; i < this.#setWidth; i++)
      if (((less[lessAt + i] as number) & ~(more[moreAt + i] as number)) !== 0) return false
    return true
  }

  /** The place of the row's key in the table, or the free place for it. */
  #find(row: Int32Array): number {
    let at = this.#hash(row, 0) & this.#mask
    for (;;) {
      const head = this.#table[at] as number
      if (head === FREE || this.#equals(head - 1, row)) return at
      at = (at + 1) & this.#mask
    }
  }

  #equals(other: number, row: Int32Array): boolean {
    const base = other * this.#width
    for (let i = 0; i < this.#keyWidth; i++) if (this.#rows[base + i] !== row[i]) return false
    return true
  }

  #hash(words: Int32Array, from: number): number {
    let h = 0x811c9dc5
    for (let i = 0; i < this.#keyWidth; i++) {
      h = Math.imul(h ^ (words[from + i] as number), 0x85ebca6b)
      h ^= h >>> 13
    }
    h = Math.imul(h, 0xc2b2ae35)
    return (h ^ (h >>> 16)) >>> 0
  }

  /** While an array grows, the old one and the new one exist together. */
  #fits(more: number): boolean {
    return this.bytes + more <= this.#maxBytes
  }

  #growRows(): boolean {
    if (!this.#fits(2 * this.#rows.byteLength)) return false
    const grown = int32(this.#rows.length * 2)
    grown.set(this.#rows)
    this.#rows = grown
    return true
  }

  #growTable(): boolean {
    if (!this.#fits(2 * this.#table.byteLength)) return false
    const old = this.#table
    this.#mask = 2 * this.#mask + 1
    this.#table = int32(this.#mask + 1)
    for (const head of old) {
      if (head === FREE) continue
      let at = this.#hash(this.#rows, (head - 1) * this.#width) & this.#mask
      while (this.#table[at] !== FREE) at = (at + 1) & this.#mask
      this.#table[at] = head
    }
    return true
  }
}
