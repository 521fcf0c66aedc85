/** A map that forgets what was set least recently when it has too much: for what may be forgotten without harm. */
export class ForgetfulMap<K, V> {
  readonly #most: number
  readonly #map = new Map<K, V>()

  /** @param most things that it remembers */
  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#map.size
  }

  get(key: K): V | undefined {
    return this.#map.get(key)
  }

  set(key: K, value: V): void {
    this.#map.delete(key)
    this.#map.set(key, value)
    for (const oldest of this.#map.keys()) {
      if (this.#map.size <= this.#most) return
      this.#map.delete(oldest)
    }
  }

  delete(key: K): void {
    this.#map.delete(key)
  }
}
