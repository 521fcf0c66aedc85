/** Descriptors that stay open as long as there is room for them. The least recently used are closed first. */
interface Kept {
  readonly fd: number
  times: number
}

export class Descriptors<K> {
  readonly #limit: number
  readonly #close: (fd: number) => void
  /** The least recently used first. */
  readonly #open = new Map<K, number>()
  readonly #kept = new Map<K, Kept>()

  /** @param limit how many may stay open, besides those that are kept; within a request, twice as many */
  constructor(limit: number, close: (fd: number) => void) {
    this.#limit = limit
    this.#close = close
  }

  /** The descriptor of `key`, if it is open. */
  peek(key: K): number | undefined {
    return this.#kept.get(key)?.fd ?? this.#open.get(key)
  }

  /** It stays open until the next `trim`, or until many others were asked for. */
  get(key: K, open: () => number): number {
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept.fd
    const fd = this.#open.get(key) ?? open()
    this.#open.delete(key)
    this.#open.set(key, fd)
    this.#closeBeyond(2 * this.#limit)
    return fd
  }

  /** It stays open until it was let go as often as it was kept, or dropped. */
  keep(key: K, open: () => number): number {
    const fd = this.get(key, open)
    const kept = this.#kept.get(key)
    if (kept !== undefined) kept.times++
    else {
      this.#open.delete(key)
      this.#kept.set(key, { fd, times: 1 })
    }
    return fd
  }

  letGo(key: K): void {
    const kept = this.#kept.get(key)
    if (kept === undefined || --kept.times > 0) return
    this.#kept.delete(key)
    this.#open.set(key, kept.fd)
  }

  drop(key: K): void {
    const fd = this.peek(key)
    this.#kept.delete(key)
    this.#open.delete(key)
    if (fd !== undefined) this.#close(fd)
  }

  /** To be called between two requests. */
  trim(): void {
    this.#closeBeyond(this.#limit)
  }

  #closeBeyond(most: number): void {
    for (const key of this.#open.keys()) {
      if (this.#open.size <= most) return
      this.drop(key)
    }
  }
}
