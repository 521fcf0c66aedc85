/**
 * A map that forgets what was set long ago when it has too much: for what may be forgotten without harm. It has two generations,
 * of which the older is forgotten as a whole: to look for the oldest entry of a map takes longer the more have been deleted.
 */
export class ForgetfulMap<K, V> {
  readonly #mostOfOne: number
  #older = new Map<K, V>()
  #newer = new Map<K, V>()

  /** @param most things that it remembers; at least half of them, those that were set last, are remembered */
  constructor(most: number) {
    this.#mostOfOne = most / 2
  }

  get size(): number {
    return this.#older.size + this.#newer.size
  }

  get(key: K): V | undefined {
    return this.#newer.get(key) ?? this.#older.get(key)
  }

  set(key: K, value: V): void {
    this.#older.delete(key)
    if (this.#newer.size >= this.#mostOfOne && !this.#newer.has(key)) {
      this.#older = this.#newer
      this.#newer = new Map()
    }
    this.#newer.set(key, value)
  }

  delete(key: K): void {
    this.#older.delete(key)
    this.#newer.delete(key)
  }
}
