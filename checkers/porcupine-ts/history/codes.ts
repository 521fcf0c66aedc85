/** Small numbers for 32-bit integers, in order of first appearance. Open addressing; a look-up allocates nothing. */
import { int32 } from './allocate.ts'

/** Average steps of a look-up before the table is rebuilt. */
const PATIENCE = 8

export class Codes {
  #mask = 63
  #values = int32(64)
  /** Code plus one; 0: free. */
  #codes = int32(64)
  #size = 0
  #lookUps = 0
  #steps = 0
  #scatters = false

  get size(): number {
    return this.#size
  }

  codeOf(value: number): number {
    let at = this.#home(value)
    this.#lookUps++
    for (;;) {
      const code = this.#codes[at] as number
      if (code === 0) break
      if (this.#values[at] === value) return code - 1
      at = (at + 1) & this.#mask
      this.#steps++
    }
    this.#values[at] = value
    this.#codes[at] = ++this.#size
    if (2 * this.#size > this.#mask) this.#remake(4 * (this.#mask + 1))
    else if (!this.#scatters && this.#steps > PATIENCE * (this.#lookUps + this.#mask)) {
      this.#scatters = true
      this.#remake(this.#mask + 1)
    }
    return this.#size - 1
  }

  /**
   * Neighbouring values get neighbouring places, since most values are counted up and a table is read fastest in order.
   * If many values collide that way, they are scattered.
   */
  #home(value: number): number {
    if (!this.#scatters) return (value ^ (value >>> 15)) & this.#mask
    const h = Math.imul(value, 0x9e3779b1)
    return (h ^ (h >>> 15)) & this.#mask
  }

  #remake(width: number): void {
    const [values, codes] = [this.#values, this.#codes]
    this.#mask = width - 1
    this.#values = int32(width)
    this.#codes = int32(width)
    for (let i = 0; i < codes.length; i++) {
      if (codes[i] === 0) continue
      let at = this.#home(values[i] as number)
      while (this.#codes[at] !== 0) at = (at + 1) & this.#mask
      this.#values[at] = values[i] as number
      this.#codes[at] = codes[i] as number
    }
  }
}
