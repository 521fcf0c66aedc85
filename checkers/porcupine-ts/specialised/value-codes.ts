/** Small numbers for 32-bit values, in order of first appearance: open addressing, nothing allocated on the way. */
export class ValueCodes {
  readonly #mask: number
  readonly #values: Int32Array
  /** Code plus one; 0 is free. */
  readonly #codes: Int32Array
  #size = 0

  /** For at most two values an operation, and the initial one. */
  constructor(operations: number) {
    const capacity = 2 ** Math.ceil(Math.log2(4 * operations + 8))
    this.#mask = capacity - 1
    this.#values = new Int32Array(capacity)
    this.#codes = new Int32Array(capacity)
  }

  get size(): number {
    return this.#size
  }

  codeOf(value: number): number {
    let at = Math.imul(value, 0x9e3779b1)
    at = (at ^ (at >>> 15)) & this.#mask
    for (;;) {
      const code = this.#codes[at] as number
      if (code === 0) break
      if (this.#values[at] === value) return code - 1
      at = (at + 1) & this.#mask
    }
    this.#values[at] = value
    this.#codes[at] = ++this.#size
    return this.#size - 1
  }
}
