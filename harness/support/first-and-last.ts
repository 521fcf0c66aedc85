/** The first and the last of something that comes without end, in bounded memory. */
export class FirstAndLast<T> {
  readonly #mostOfEach: number
  readonly #first: T[] = []
  /** Twice as many at most: the older half goes at once, so that adding one costs the same however many there were. */
  #last: T[] = []
  #count = 0

  /** @param mostOfEach so many are kept of the first, and so many of the last */
  constructor(mostOfEach: number) {
    this.#mostOfEach = mostOfEach
  }

  add(value: T): void {
    this.#count++
    if (this.#first.length < this.#mostOfEach) {
      this.#first.push(value)
      return
    }
    this.#last.push(value)
    if (this.#last.length === 2 * this.#mostOfEach) this.#last = this.#last.slice(this.#mostOfEach)
  }

  /** In the order in which they came. */
  list(): readonly T[] {
    return [...this.#first, ...this.#last.slice(-this.#mostOfEach)]
  }

  /** How many came between those of the list. */
  get leftOut(): number {
    return this.#count - this.list().length
  }
}
