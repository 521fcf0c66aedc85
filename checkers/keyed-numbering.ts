/**
 * Numbers values of keys in the order in which they are first seen. Nearly every whole number is a value of one key alone:
 * such a one is found by the value, in a table.
 */
import { Growing } from '../harness/support/growing.ts'
import type { Scalar } from '../harness/vocabularies/values.ts'
import { Numbering } from './numbering.ts'

export class KeyedNumbering {
  readonly #keys = new Numbering()
  readonly #values = new Numbering()
  /** By number of the value: the number that it has with the first key that it was seen with. */
  readonly #first = new Growing(Int32Array)
  /** By number: that of its key. */
  readonly #keyOf = new Growing(Int32Array)
  /** By number of the key: other numbers of values -> their numbers with this key. */
  readonly #others: (Map<number, number> | undefined)[] = []

  get count(): number {
    return this.#keyOf.length
  }

  /** The number; undefined: it was not seen. */
  find(key: Scalar, value: Scalar): number | undefined {
    const [keyNumber, valueNumber] = [this.#keys.find(key), this.#values.find(value)]
    if (keyNumber === undefined || valueNumber === undefined) return undefined
    const first = this.#first.at(valueNumber)
    return this.#keyOf.at(first) === keyNumber ? first : this.#others[keyNumber]?.get(valueNumber)
  }

  /** The number, and a new one where there was none. */
  numberOf(key: Scalar, value: Scalar): number {
    const keyNumber = this.#keys.find(key) ?? this.#keys.add(key)
    const valueNumber = this.#values.find(value)
    if (valueNumber === undefined) {
      this.#values.add(value)
      this.#first.push(this.count)
      return this.#add(keyNumber)
    }
    const first = this.#first.at(valueNumber)
    if (this.#keyOf.at(first) === keyNumber) return first
    const others = this.#others[keyNumber] ?? new Map<number, number>()
    this.#others[keyNumber] = others
    const known = others.get(valueNumber)
    if (known !== undefined) return known
    others.set(valueNumber, this.count)
    return this.#add(keyNumber)
  }

  #add(keyNumber: number): number {
    this.#keyOf.push(keyNumber)
    return this.count - 1
  }
}
