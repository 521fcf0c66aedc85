/** Numbers in a typed array that grows: 8 bytes or fewer each, where an array of objects takes tens. */

type Numbers =
  | Float64Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>

const FIRST_LENGTH = 1024
/** Above it, an array grows by a quarter: twice its size would be tens of megabytes that nobody needs. */
const LONG = 2 ** 20

/** The next length of an array that was so long. */
export const longer = (length: number): number => Math.ceil(length * (length < LONG ? 2 : 1.25))

export class Growing<A extends Numbers> {
  readonly #kind: new (
    length: number,
  ) => A
  #numbers: A
  length = 0

  /** @param kind such as `Float64Array` */
  constructor(kind: new (length: number) => A) {
    this.#kind = kind
    this.#numbers = new kind(FIRST_LENGTH)
  }

  push(number: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new this.#kind(longer(this.length))
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    this.#numbers[this.length++] = number
  }

  at(index: number): number {
    return this.#numbers[index] as number
  }

  set(index: number, number: number): void {
    this.#numbers[index] = number
  }

  /** Those that are there now. It shares their memory until the next one is pushed. */
  all(): A {
    return this.#numbers.subarray(0, this.length) as A
  }
}
