/**
 * Numbers texts in the order in which they are first seen. It compares whole texts, as a map does, but keeps them in typed
 * arrays: 2 bytes for each character and some 15 for each text, where a map of strings takes a hundred.
 */
import { Growing } from '../harness/support/growing.ts'
import { highOf } from './fingerprints.ts'

const FIRST_SLOTS = 2 ** 10
/** Of the slots, so many may be in use. */
const FULL = 0.6

export class TextNumbering {
  readonly #characters = new Growing(Uint16Array)
  /** By number: where its characters end. */
  readonly #ends = new Growing(Uint32Array)
  readonly #hashes = new Growing(Uint32Array)
  /** One more than the number of a text; 0: the slot is empty. */
  #slots = new Int32Array(FIRST_SLOTS)
  /** The number that was asked for last. */
  #last = -1

  get count(): number {
    return this.#ends.length
  }

  /** The number, and a new one where there was none. Texts are mostly told of again in the order in which they were first seen. */
  numberOf(text: string): number {
    const next = this.#last + 1
    this.#last = next < this.count && this.#is(next, text) ? next : this.#find(text)
    return this.#last
  }

  #find(text: string): number {
    const hash = highOf(text)
    const slot = this.#slotOf(text, hash)
    const known = this.#slots[slot] as number
    return known === 0 ? this.#add(text, hash, slot) : known - 1
  }

  textOf(number: number): string {
    let text = ''
    for (let at = this.#startOf(number); at < this.#ends.at(number); at++)
      text += String.fromCharCode(this.#characters.at(at))
    return text
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : this.#ends.at(number - 1)
  }

  #add(text: string, hash: number, slot: number): number {
    for (let i = 0; i < text.length; i++) this.#characters.push(text.charCodeAt(i))
    this.#ends.push(this.#characters.length)
    this.#hashes.push(hash)
    this.#slots[slot] = this.count
    if (this.count > FULL * this.#slots.length) this.#grow()
    return this.count - 1
  }

  /** The slot where it is, or the empty one where it would be. */
  #slotOf(text: string, hash: number): number {
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const known = this.#slots[slot] as number
      if (known === 0 || (this.#hashes.at(known - 1) === hash && this.#is(known - 1, text))) return slot
    }
  }

  #is(number: number, text: string): boolean {
    const start = this.#startOf(number)
    if (this.#ends.at(number) - start !== text.length) return false
    for (let i = 0; i < text.length; i++)
      if (this.#characters.at(start + i) !== text.charCodeAt(i)) return false
    return true
  }

  #grow(): void {
    this.#slots = new Int32Array(2 * this.#slots.length)
    const mask = this.#slots.length - 1
    for (let number = 0; number < this.count; number++) {
      let slot = this.#hashes.at(number) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = number + 1
    }
  }
}
