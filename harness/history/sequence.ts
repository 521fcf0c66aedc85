/** A sequence whose elements are made when they are asked for. */
import type { Sequence } from '../api/history.ts'

export class LazySequence<T> implements Sequence<T> {
  readonly length: number
  readonly #make: (index: number) => T

  /** @param make the element at an index from 0 to below the length */
  constructor(length: number, make: (index: number) => T) {
    this.length = length
    this.#make = make
  }

  at(index: number): T | undefined {
    const at = index < 0 ? this.length + index : index
    return at >= 0 && at < this.length ? this.#make(at) : undefined
  }

  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.length; i++) yield this.#make(i)
  }

  *entries(): IterableIterator<[number, T]> {
    for (let i = 0; i < this.length; i++) yield [i, this.#make(i)]
  }

  filter<S extends T>(isWanted: (item: T, index: number) => item is S): S[]
  filter(isWanted: (item: T, index: number) => boolean): T[]
  filter(isWanted: (item: T, index: number) => boolean): T[] {
    const wanted: T[] = []
    for (let i = 0; i < this.length; i++) {
      const item = this.#make(i)
      if (isWanted(item, i)) wanted.push(item)
    }
    return wanted
  }

  map<U>(make: (item: T, index: number) => U): U[] {
    const made: U[] = []
    for (let i = 0; i < this.length; i++) made.push(make(this.#make(i), i))
    return made
  }

  flatMap<U>(make: (item: T, index: number) => U | readonly U[]): U[] {
    const made: U[] = []
    for (let i = 0; i < this.length; i++) {
      const some = make(this.#make(i), i)
      if (Array.isArray(some)) for (const each of some as readonly U[]) made.push(each)
      else made.push(some as U)
    }
    return made
  }

  find<S extends T>(isWanted: (item: T, index: number) => item is S): S | undefined
  find(isWanted: (item: T, index: number) => boolean): T | undefined
  find(isWanted: (item: T, index: number) => boolean): T | undefined {
    for (let i = 0; i < this.length; i++) {
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

  slice(start = 0, end = this.length): T[] {
    const placeOf = (index: number): number => Math.max(0, index < 0 ? this.length + index : index)
    const last = Math.min(placeOf(end), this.length)
    const made: T[] = []
    for (let i = placeOf(start); i < last; i++) made.push(this.#make(i))
    return made
  }
}
