/**
 * What is known at a position of a history: whatever calls told that were over by then. Pairs come in order of invocation, and
 * their completions do not: those that are ahead wait in a heap, of which there are as many as calls are open at a time.
 */
import { Heap } from '../porcupine-ts/specialised/heap.ts'

interface Told<T> {
  /** The index of the completion. */
  readonly at: number
  readonly what: T
}

export class KnownBefore<T> {
  readonly #ahead = new Heap<Told<T>>((a, b) => a.at - b.at)
  readonly #learn: (what: T) => void
  /** Of the heap. */
  #next = Number.POSITIVE_INFINITY

  /** @param learn is given what has become known, once and in order of completion */
  constructor(learn: (what: T) => void) {
    this.#learn = learn
  }

  /** @param at the index of the completion that tells it */
  tell(at: number, what: T): void {
    this.#ahead.push({ at, what })
    this.#next = Math.min(this.#next, at)
  }

  /** Learns all that was over before an index. Indices must not go back. */
  upTo(index: number): void {
    while (this.#next < index) {
      const told = this.#ahead.pop()
      if (told !== undefined && told.at < index) this.#learn(told.what)
      else if (told !== undefined) {
        this.#ahead.push(told)
        this.#next = told.at
        return
      } else this.#next = Number.POSITIVE_INFINITY
    }
  }
}
