/** A sequence whose elements are made when they are asked for. */
import type { Sequence } from '../api/history.ts'

/** How far a sequence goes of which not all has been read. */
export interface Extent {
  /** Whether there is an element at this index, from 0. It is read on until that is known. */
  reaches(index: number): boolean
  /** How many there are. All is read. */
  length(): number
  /** No more than so many. Absent: that is known already. */
  readonly atMost?: number | undefined
}

const fixed = (length: number): Extent => ({
  reaches: (index) => index < length,
  length: () => length,
})

export class LazySequence<T> implements Sequence<T> {
  readonly atMost: number | undefined
  readonly #extent: Extent
  readonly #make: (index: number) => T

  /** @param make the element at an index that is reached */
  constructor(extent: number | Extent, make: (index: number) => T) {
    this.#extent = typeof extent === 'number' ? fixed(extent) : extent
    this.atMost = this.#extent.atMost
    this.#make = make
  }

  get length(): number {
    return this.#extent.length()
  }

  at(index: number): T | undefined {
    const at = index < 0 ? this.length + index : index
    return at >= 0 && this.#extent.reaches(at) ? this.#make(at) : undefined
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; this.#extent.reaches(i); i++) yield this.#make(i)
  }

  *entries(): IterableIterator<[number, T]> {
    for (let i = 0; this.#extent.reaches(i); i++) yield [i, this.#make(i)]
  }

  filter<S extends T>(isWanted: (item: T, index: number) => item is S): S[]
  filter(isWanted: (item: T, index: number) => boolean): T[]
  filter(isWanted: (item: T, index: number) => boolean): T[] {
    const wanted: T[] = []
    for (let i = 0; this.#extent.reaches(i); i++) {
      const item = this.#make(i)
      if (isWanted(item, i)) wanted.push(item)
    }
    return wanted
  }

  map<U>(make: (item: T, index: number) => U): U[] {
    const made: U[] = []
    for (let i = 0; this.#extent.reaches(i); i++) made.push(make(this.#make(i), i))
    return made
  }

  flatMap<U>(make: (item: T, index: number) => U | readonly U[]): U[] {
    const made: U[] = []
    for (let i = 0; this.#extent.reaches(i); i++) {
      const some = make(this.#make(i), i)
      if (Array.isArray(some)) for (const each of some as readonly U[]) made.push(each)
      else made.push(some as U)
    }
    return made
  }

  find<S extends T>(isWanted: (item: T, index: number) => item is S): S | undefined
  find(isWanted: (item: T, index: number) => boolean): T | undefined
  find(isWanted: (item: T, index: number) => boolean): T | undefined {
    for (let i = 0; this.#extent.reaches(i); i++) {
      const item = this.#make(i)
      if (isWanted(item, i)) return item
    }
    return undefined
  }

  findLast(isWanted: (item: T, index: number) => boolean): T | undefined {
    for (let i = this.length - 1; i >= 0; i--) {
      const item = this.#make(i)
      if (isWanted(item, i)) return item
    }
    return undefined
  }

  some(isWanted: (item: T, index: number) => boolean): boolean {
    return this.find(isWanted) !== undefined
  }

  every(isWanted: (item: T, index: number) => boolean): boolean {
    return !this.some((item, i) => !isWanted(item, i))
  }

  slice(start = 0, end = Number.POSITIVE_INFINITY): T[] {
    const placeOf = (index: number): number => Math.max(0, index < 0 ? this.length + index : index)
    const last = placeOf(end)
    const made: T[] = []
    for (let i = placeOf(start); i < last && this.#extent.reaches(i); i++) made.push(this.#make(i))
    return made
  }
}
