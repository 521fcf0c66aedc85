/**
 * A set of texts that keeps 64 bits of each: 16 to 32 bytes a text, where a set of strings takes a hundred. Two texts are
 * taken for the same with a probability of one in 2^64 for each pair; use it only where that does no harm.
 */

const FIRST_SLOTS = 2 ** 10
/** Of the slots, so many may be in use. */
const FULL = 0.6

/** FNV-1a (Fowler, Noll, Vo) with another start and prime for each half. */
const hashOf = (text: string, start: number, prime: number): number => {
  let hash = start
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), prime)
  // The last characters are mixed into all bits.
  hash ^= hash >>> 15
  hash = Math.imul(hash, 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

/** The two halves of the fingerprint of a text. */
export const highOf = (text: string): number => hashOf(text, 0x811c9dc5, 0x01000193)

/** Never 0, which marks an empty slot. */
export const lowOf = (text: string): number => hashOf(text, 0x9e3779b9, 0x85ebca6b) || 1

export class Fingerprints {
  #high = new Uint32Array(FIRST_SLOTS)
  #low = new Uint32Array(FIRST_SLOTS)
  size = 0

  add(text: string): void {
    this.addHalves(highOf(text), lowOf(text))
  }

  has(text: string): boolean {
    return this.hasHalves(highOf(text), lowOf(text))
  }

  addHalves(high: number, low: number): void {
    if (this.size > FULL * this.#low.length) this.#grow()
    this.#insert(high, low)
  }

  hasHalves(high: number, low: number): boolean {
    return this.#low[this.#slotOf(high, low)] !== 0
  }

  /** Tells all, in no order. */
  each(take: (high: number, low: number) => void): void {
    for (const [slot, low] of this.#low.entries()) if (low !== 0) take(this.#high[slot] as number, low)
  }

  /** Forgets all, and keeps its room. */
  clear(): void {
    this.#low.fill(0)
    this.size = 0
  }

  /** The slot where it is, or the empty one where it would be. */
  #slotOf(high: number, low: number): number {
    const mask = this.#low.length - 1
    let slot = high & mask
    while (this.#low[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high))
      slot = (slot + 1) & mask
    return slot
  }

  #insert(high: number, low: number): void {
    const slot = this.#slotOf(high, low)
    if (this.#low[slot] !== 0) return
    this.#high[slot] = high
    this.#low[slot] = low
    this.size++
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low]
    this.#high = new Uint32Array(2 * high.length)
    this.#low = new Uint32Array(2 * low.length)
    this.size = 0
    for (const [slot, each] of low.entries()) if (each !== 0) this.#insert(high[slot] as number, each)
  }
}
