/**
 * Columns of numbers and texts as bytes: numbers as varints (7 bits a byte, least significant first), texts as lines. They
 * deflate well, and the page decodes a million of them in some ten milliseconds. Writing and reading stand side by side.
 */

/** Whole numbers from 0 to 2^53, in order. */
export class Varints {
  #bytes = new Uint8Array(1024)
  #length = 0

  push(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow()
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) + 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length++] = rest
  }

  #grow(): void {
    const larger = new Uint8Array(2 * this.#bytes.length)
    larger.set(this.#bytes)
    this.#bytes = larger
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}

/** The first `count` numbers that `Varints` has written. */
export const readVarints = (bytes: Uint8Array, count: number): Float64Array => {
  const values = new Float64Array(count)
  let at = 0
  for (let i = 0; i < count; i++) {
    let value = 0
    let factor = 1
    let byte = 128
    while (byte >= 128) {
      byte = bytes[at++] ?? 0
      value += (byte % 128) * factor
      factor *= 128
    }
    values[i] = value
  }
  return values
}

const LINE_END = 10

/** Texts, one per line. A line end within a text becomes a space: JSON has none. */
export class Lines {
  readonly #parts: string[] = []

  push(text: string): void {
    this.#parts.push(text.includes('\n') ? text.replaceAll('\n', ' ') : text)
  }

  bytes(): Uint8Array {
    return new TextEncoder().encode(this.#parts.map((part) => `${part}\n`).join(''))
  }
}

/** So many lines are searched as one text: decoding a million by themselves takes seconds. */
const LINES_AT_ONCE = 4096

/** Texts that stay bytes until they are read: a million strings would take hundreds of megabytes. */
export class StoredLines {
  readonly #bytes: Uint8Array
  /** Where each line begins. */
  readonly #starts: Uint32Array
  readonly #decoder = new TextDecoder()

  constructor(bytes: Uint8Array, count: number) {
    this.#bytes = bytes
    this.#starts = new Uint32Array(count + 1)
    let at = 0
    for (let i = 0; i < count; i++) {
      const end = bytes.indexOf(LINE_END, at)
      at = (end === -1 ? bytes.length : end) + 1
      this.#starts[i + 1] = at
    }
  }

  at(index: number): string {
    const [start, end] = [this.#starts[index], this.#starts[index + 1]]
    return start === undefined || end === undefined
      ? ''
      : this.#decoder.decode(this.#bytes.subarray(start, end - 1))
  }

  /** Calls `found` with each line that contains a text, whatever its case. @param wanted in lower case, without a line end */
  search(wanted: string, found: (index: number) => void): void {
    const count = this.#starts.length - 1
    for (let first = 0; first < count; first += LINES_AT_ONCE) {
      const end = this.#starts[Math.min(count, first + LINES_AT_ONCE)]
      const text = this.#decoder.decode(this.#bytes.subarray(this.#starts[first], end)).toLowerCase()
      if (text.includes(wanted)) this.#searchPart(text, first, wanted, found)
    }
  }

  #searchPart(text: string, first: number, wanted: string, found: (index: number) => void): void {
    let next = text.indexOf(wanted)
    let at = 0
    for (let index = first; next !== -1; index++) {
      const end = text.indexOf('\n', at)
      if (next < end) {
        found(index)
        next = text.indexOf(wanted, end)
      }
      at = end + 1
    }
  }
}
