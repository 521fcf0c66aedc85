/** Numbers values of any kind in the order in which they are first seen: some 10 bytes for each small whole number. */
import { Growing, longer } from '../harness/support/growing.ts'
import type { Scalar } from '../harness/vocabularies/values.ts'

const FIRST_LENGTH = 1024
/** Whole numbers are looked up in a table while it has at most so many places for each value, and others in a map. */
const MOST_PLACES = 8

export class Numbering {
  /** One more than the number of each small whole number; 0: it was not seen. */
  #table = new Int32Array(FIRST_LENGTH)
  readonly #others = new Map<Scalar, number>()
  readonly #otherValues: Scalar[] = []
  /** By number: the small whole number, or less than 0 by how many it is behind in the other values. */
  readonly #values = new Growing(Int32Array)

  /** How many were seen. */
  get count(): number {
    return this.#values.length
  }

  /** The number that the value has; undefined: it was not seen. */
  find(value: Scalar): number | undefined {
    if (typeof value === 'number') {
      const known = this.#table[value]
      if (known !== undefined && known !== 0) return known - 1
    }
    return this.#others.size === 0 ? undefined : this.#others.get(value)
  }

  /** @returns the number of a value that was not seen before */
  add(value: Scalar): number {
    const number = this.count
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && this.#fits(value)) {
      this.#table[value] = number + 1
      this.#values.push(value)
    } else {
      this.#others.set(value, number)
      this.#values.push(-this.#otherValues.push(value))
    }
    return number
  }

  valueOf(number: number): Scalar {
    const value = this.#values.at(number)
    return value >= 0 ? value : (this.#otherValues[-value - 1] as Scalar)
  }

  /** Whether there is room for it in the table, which grows with the number of values. */
  #fits(value: number): boolean {
    if (value < this.#table.length) return true
    if (value >= MOST_PLACES * this.count) return false
    const larger = new Int32Array(Math.max(longer(this.#table.length), value + 1))
    larger.set(this.#table)
    this.#table = larger
    return true
  }
}
