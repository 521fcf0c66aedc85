/** Numbers in typed arrays that grow: 8 bytes or fewer each, where an array of objects takes tens. */

type Numbers =
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>

const FIRST_LENGTH = 1024
const PART_BITS = 16
const PART_LENGTH = 2 ** PART_BITS
const IN_PART = PART_LENGTH - 1

/** Above it, an array grows by a quarter: twice its size would be tens of megabytes that nobody needs. */
const LONG = 2 ** 20

/** The next length of an array that was so long. */
export const longer = (length: number): number => Math.ceil(length * (length < LONG ? 2 : 1.25))

/**
 * What does not fit into one part is in several. One long array would be copied into a longer one again and again, and the
 * holes that the shorter ones leave in the memory of the process stay there.
 */
export class Growing<A extends Numbers> {
  readonly #kind: new (
    length: number,
  ) => A
  readonly #parts: A[]
  /** The last part, and where it ends. */
  #last: A
  #room: number
  length = 0

  /** @param kind such as `Float64Array` */
  constructor(kind: new (length: number) => A) {
    this.#kind = kind
    this.#last = new kind(FIRST_LENGTH)
    this.#room = FIRST_LENGTH
    this.#parts = [this.#last]
  }

  push(number: number): void {
    if (this.length === this.#room) this.#grow()
    this.#last[this.length++ & IN_PART] = number
  }

  at(index: number): number {
    return (this.#parts[index >>> PART_BITS] as A)[index & IN_PART] as number
  }

  set(index: number, number: number): void {
    ;(this.#parts[index >>> PART_BITS] as A)[index & IN_PART] = number
  }

  /** Those that are there now, in one array. It may share their memory. */
  all(): A {
    if (this.#parts.length === 1) return this.#last.subarray(0, this.length) as A
    const all = new this.#kind(this.length)
    for (const [at, part] of this.#parts.entries()) {
      const from = at * PART_LENGTH
      all.set(part.subarray(0, Math.min(part.length, this.length - from)), from)
    }
    return all
  }

  #grow(): void {
    if (this.#room >= PART_LENGTH) {
      this.#last = new this.#kind(PART_LENGTH)
      this.#parts.push(this.#last)
      this.#room += PART_LENGTH
      return
    }
    this.#room *= 2
    const larger = new this.#kind(this.#room)
    larger.set(this.#last)
    this.#last = larger
    this.#parts[0] = larger
  }
}
