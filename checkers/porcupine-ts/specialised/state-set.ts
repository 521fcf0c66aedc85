/** A set of states of four numbers, in order of their arrival. */
import { float64, int32 } from '../history/allocate.ts'

const FIRST_CAPACITY = 64

const hashOf = (a: number, b: number, c: number, d: number): number => {
  // The third may need more than 32 bits.
  let hash = Math.imul(a + Math.imul(d, 0x61c88647), 0x9e3779b1) ^ Math.imul(b ^ (b >>> 15), 0x85ebca6b)
  hash ^= Math.imul((c | 0) ^ Math.imul((c / 2 ** 32) | 0, 0x27d4eb2f), 0xc2b2ae35)
  hash ^= hash >>> 16
  return Math.imul(hash, 0x7feb352d) >>> 8
}

export class StateSet {
  size = 0
  a: Int32Array = int32(FIRST_CAPACITY)
  b: Int32Array = int32(FIRST_CAPACITY)
  c: Float64Array = float64(FIRST_CAPACITY)
  d: Int32Array = int32(FIRST_CAPACITY)
  /** Twice as many places as states; 1 + the number of the state that is there, or 0. */
  #places: Int32Array = int32(2 * FIRST_CAPACITY)
  /** The place of each state. */
  #placeOf: Int32Array = int32(FIRST_CAPACITY)

  /** False if it was there. */
  add(a: number, b: number, c: number, d: number): boolean {
    let place = this.#find(a, b, c, d)
    if (this.#places[place] !== 0) return false
    if (this.size === this.a.length) {
      this.#grow()
      place = this.#find(a, b, c, d)
    }
    const at = this.size++
    this.a[at] = a
    this.b[at] = b
    this.c[at] = c
    this.d[at] = d
    this.#places[place] = at + 1
    this.#placeOf[at] = place
    return true
  }

  clear(): void {
    for (let at = 0; at < this.size; at++) this.#places[this.#placeOf[at] as number] = 0
    this.size = 0
  }

  /** Where the state is, or where it belongs. */
  #find(a: number, b: number, c: number, d: number): number {
    const last = this.#places.length - 1
    let place = hashOf(a, b, c, d) & last
    for (;;) {
      const at = (this.#places[place] as number) - 1
      if (at < 0) return place
      if (this.a[at] === a && this.b[at] === b && this.c[at] === c && this.d[at] === d) return place
      place = (place + 1) & last
    }
  }

  #grow(): void {
    const { a, b, c, d } = this
    const capacity = 2 * a.length
    this.a = int32(capacity)
    this.b = int32(capacity)
    this.c = float64(capacity)
    this.d = int32(capacity)
    this.a.set(a)
    this.b.set(b)
    this.c.set(c)
    this.d.set(d)
    this.#places = int32(2 * capacity)
    this.#placeOf = int32(capacity)
    for (let at = 0; at < this.size; at++) {
      const place = this.#find(a[at] as number, b[at] as number, c[at] as number, d[at] as number)
      this.#places[place] = at + 1
      this.#placeOf[at] = place
    }
  }
}
