/** A set of small whole numbers: a bit for each up to the largest. */
import { longer } from '../harness/support/growing.ts'

const FIRST_WORDS = 32

export class BitSet {
  #words = new Uint32Array(FIRST_WORDS)
  /** Words that are in use. */
  #used = 0

  clear(): void {
    this.#words.fill(0, 0, this.#used)
    this.#used = 0
  }

  has(number: number): boolean {
    const word = number >>> 5
    return word < this.#used && ((this.#words[word] as number) & (1 << (number & 31))) !== 0
  }

  /** False: it was there already. */
  add(number: number): boolean {
    const word = number >>> 5
    if (word >= this.#used) this.#use(word)
    const [before, bit] = [this.#words[word] as number, 1 << (number & 31)]
    this.#words[word] = before | bit
    return (before & bit) === 0
  }

  #use(word: number): void {
    this.#used = word + 1
    if (word < this.#words.length) return
    const larger = new Uint32Array(Math.max(longer(this.#words.length), word + 1))
    larger.set(this.#words)
    this.#words = larger
  }
}
