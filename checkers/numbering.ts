/** Numbers values of any kind in the order in which they are first seen. */
import type { Scalar } from '../harness/vocabularies/values.ts'

const FIRST_LENGTH = 1024
/** Whole numbers are looked up in a table while it has at most so many places for each value, and others in a map. */
const MOST_PLACES = 8

export class Numbering {
  /** One more than the number of each small whole number; 0: it was not seen. */
  #table = new Int32Array(FIRST_LENGTH)
  readonly #others = new Map<Scalar, number>()
  /** By their numbers. */
  readonly values: Scalar[] = []

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
    const number = this.values.push(value) - 1
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && this.#fits(value))
      this.#table[value] = number + 1
    else this.#others.set(value, number)
    return number
  }

  /** Whether there is room for it in the table, which grows with the number of values. */
  #fits(value: number): boolean {
    if (value < this.#table.length) return true
    if (value >= MOST_PLACES * this.values.length) return false
    const larger = new Int32Array(Math.max(2 * this.#table.length, value + 1))
    larger.set(this.#table)
    this.#table = larger
    return true
  }
}
