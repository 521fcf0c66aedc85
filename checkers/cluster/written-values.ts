/**
 * Which values were written to which keys. A whole number is nearly always written to one key alone, and workloads count them
 * up: for such a value the number of its key is kept, 4 bytes, and no text is made. All others are kept by their fingerprints.
 */
import type { HeldValues, Identity } from '../../harness/api/vocabulary.ts'
import { longer } from '../../harness/support/growing.ts'
import { identityOf, type Scalar } from '../../harness/vocabularies/values.ts'
import { Fingerprints } from '../fingerprints.ts'
import { Numbering } from '../numbering.ts'

const FIRST_LENGTH = 1024
/** Numbers are in the table while it has at most so many places for each. */
const MOST_PLACES = 8
/** More keys are not numbered. */
const MOST_KEYS = 2 ** 20

/** In the table: nobody wrote it, or it was written where there are no keys. */
const NONE = 0
const NO_KEY = 1
const FIRST_KEY = 2

/** 3n is the same key as 3. */
const plainly = (key: Scalar): Scalar =>
  typeof key === 'bigint' && Number.isSafeInteger(Number(key)) ? Number(key) : key

/** In the table; none of it where the value is no whole number. A number of any size, such as 3n, is the same value as 3. */
const placeOf = (value: Scalar): number =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : Number.NaN

export class WrittenValues {
  readonly #mostNumbers: number
  readonly #keys = new Numbering()
  /** By value: the number of the key that it was written to first. */
  #keyOf: Int32Array<ArrayBuffer>
  #numbers = 0
  /** What is not in the table. */
  readonly others = new Fingerprints()

  /** @param mostNumbers length of the table */
  constructor(mostNumbers: number) {
    this.#mostNumbers = mostNumbers
    this.#keyOf = new Int32Array(Math.min(FIRST_LENGTH, mostNumbers))
  }

  add({ key, values }: HeldValues): void {
    const code = this.#numberOf(key)
    for (const value of values) if (!this.#addNumber(code, value)) this.others.add(identityOf(key, value))
  }

  /** Tells those that were not written. */
  missing({ key, values }: HeldValues, tell: (value: Identity) => void): void {
    const code = this.#codeOf(key)
    for (const value of values) {
      if (code !== NONE && this.#keyOf[placeOf(value)] === code) continue
      const identity = identityOf(key, value)
      if (!this.others.has(identity)) tell(identity)
    }
  }

  /** The number of a key; none: it was not seen. */
  #codeOf(key: HeldValues['key']): number {
    if (key === null) return NO_KEY
    const number = this.#keys.find(plainly(key))
    return number === undefined ? NONE : number + FIRST_KEY
  }

  #numberOf(key: HeldValues['key']): number {
    const known = this.#codeOf(key)
    if (known !== NONE || key === null || this.#keys.count >= MOST_KEYS) return known
    return this.#keys.add(plainly(key)) + FIRST_KEY
  }

  /** Whether the table has it now. */
  #addNumber(code: number, value: Scalar): boolean {
    const place = placeOf(value)
    if (code === NONE || !this.#fits(place)) return false
    const first = this.#keyOf[place]
    if (first !== NONE) return first === code
    this.#keyOf[place] = code
    this.#numbers++
    return true
  }

  /** Whether the table, which grows with the numbers in it, has a place for it. */
  #fits(value: number): boolean {
    if (value >= 0 && value < this.#keyOf.length) return true
    const most = Math.min(MOST_PLACES * (this.#numbers + FIRST_LENGTH), this.#mostNumbers)
    if (!(value >= 0 && value < most)) return false
    const larger = new Int32Array(
      Math.min(Math.max(longer(this.#keyOf.length), value + 1), this.#mostNumbers),
    )
    larger.set(this.#keyOf)
    this.#keyOf = larger
    return true
  }
}
