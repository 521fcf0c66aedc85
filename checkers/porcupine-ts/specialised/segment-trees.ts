/** Two trees over the numbers 0 to n - 1. Each operation on them takes log n. */
import { float64, int32 } from '../history/allocate.ts'

const widthFor = (count: number): number => {
  let width = 1
  while (width < count) width *= 2
  return width
}

/** A number at each place; finds the place of the greatest one in a range. */
export class MaxTree {
  readonly #width: number
  readonly #values: Float64Array
  /** The place of the greatest number below each node; at the bottom, the places themselves. */
  readonly #best: Int32Array

  constructor(values: Float64Array) {
    this.#width = widthFor(Math.max(1, values.length))
    this.#values = float64(this.#width).fill(Number.NEGATIVE_INFINITY)
    this.#values.set(values)
    this.#best = int32(2 * this.#width)
    for (let i = 0; i < this.#width; i++) this.#best[this.#width + i] = i
    for (let node = this.#width - 1; node > 0; node--) this.#pull(node)
  }

  get(place: number): number {
    return this.#values[place] as number
  }

  set(place: number, value: number): void {
    this.#values[place] = value
    for (let node = (this.#width + place) >> 1; node > 0; node >>= 1) this.#pull(node)
  }

  /** The place of the greatest number, from `from` to below `end`; the range must not be empty. */
  argmax(from: number, end: number): number {
    let best = from
    let low = this.#width + from
    let high = this.#width + end
    for (; low < high; low >>= 1, high >>= 1) {
      if (low & 1) best = this.#greater(best, this.#best[low++] as number)
      if (high & 1) best = this.#greater(best, this.#best[--high] as number)
    }
    return best
  }

  #greater(a: number, b: number): number {
    return (this.#values[b] as number) > (this.#values[a] as number) ? b : a
  }

  #pull(node: number): void {
    this.#best[node] = this.#greater(this.#best[2 * node] as number, this.#best[2 * node + 1] as number)
  }
}

/** More than any cover. */
const TAKEN = 2 ** 30

/** How often each place is covered; finds the first place in a range that is not covered. */
export class CoverTree {
  readonly #count: number
  readonly #width: number
  /** The least cover below each node, and what was added to all places below it. */
  readonly #least: Int32Array
  readonly #added: Int32Array

  constructor(count: number) {
    this.#count = count
    this.#width = widthFor(count)
    this.#least = int32(2 * this.#width)
    this.#added = int32(2 * this.#width)
  }

  /** Adds to the places from `from` to `to`, inclusive. */
  add(from: number, to: number, amount: number): void {
    this.#addBelow(1, 0, this.#width, from, to + 1, amount)
  }

  #addBelow(node: number, low: number, high: number, from: number, end: number, amount: number): void {
    if (end <= low || high <= from) return
    if (from <= low && high <= end) {
      this.#least[node] = (this.#least[node] as number) + amount
      this.#added[node] = (this.#added[node] as number) + amount
      return
    }
    const middle = (low + high) >> 1
    this.#addBelow(2 * node, low, middle, from, end, amount)
    this.#addBelow(2 * node + 1, middle, high, from, end, amount)
    const least = Math.min(this.#least[2 * node] as number, this.#least[2 * node + 1] as number)
    this.#least[node] = least + (this.#added[node] as number)
  }

  /** The first uncovered place from `from` to `to`, which is then never found again; `to` + 1 if there is none. */
  takeUncovered(from: number, to: number): number {
    const place = Math.min(this.#find(1, 0, this.#width, from), to + 1, this.#count)
    if (place <= to) this.add(place, place, TAKEN)
    return place
  }

  /** Covers are never negative, so below a node with a positive least cover there is nothing to find. */
  #find(node: number, low: number, high: number, from: number): number {
    if (high <= from || (this.#least[node] as number) > 0) return this.#width
    if (high - low === 1) return low
    const middle = (low + high) >> 1
    const left = this.#find(2 * node, low, middle, from)
    return left < this.#width ? left : this.#find(2 * node + 1, middle, high, from)
  }
}
