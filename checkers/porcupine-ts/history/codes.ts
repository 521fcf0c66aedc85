/** Small numbers for 32-bit integers, in order of first appearance: open addressing, nothing allocated on the way. */
import { int32 } from './allocate.ts'

export class Codes {
  #mask = 63
  #values = int32(64)
  /** Code plus one; 0 is free. */
  #codes = int32(64)
  #size = 0

  get size(): number {
    return this.#size
  }

  codeOf(value: number): number {
    let at = this.#home(value)
    for (;;) {
      const code = this.#codes[at] as number
      if (code === 0) break
      if (this.#values[at] === value) return code - 1
      at = (at + 1) & this.#mask
    }
    this.#values[at] = value
    this.#codes[at] = ++this.#size
    if (2 * this.#size > this.#mask) this.#grow()
    return this.#size - 1
  }

  #home(value: number): number {
    const h = Math.imul(value, 0x9e3779b1)
    return (h ^ (h >>> 15)) & this.#mask
  }

  #grow(): void {
    const [values, codes] = [this.#values, this.#codes]
    this.#mask = 4 * (this.#mask + 1) - 1
    this.#values = int32(this.#mask + 1)
    this.#codes = int32(this.#mask + 1)
    for (let i = 0; i < codes.length; i++) {
      if (codes[i] === 0) continue
      let at = this.#home(values[i] as number)
      while (this.#codes[at] !== 0) at = (at + 1) & this.#mask
      this.#values[at] = values[i] as number
      this.#codes[at] = codes[i] as number
    }
  }
}
