/** The log above its snapshot. Indices start at 1. */
import type { Durable, Entry, Position, Snapshot, ViewNumber } from './types.ts'

export class Log {
  #entries: Entry[]
  #snapshot: Snapshot

  constructor({ snapshot, entries }: Durable) {
    this.#entries = [...entries]
    this.#snapshot = snapshot
  }

  get snapshot(): Snapshot {
    return this.#snapshot
  }

  get last(): Position {
    return this.#entries.at(-1) ?? this.#snapshot
  }

  /** Null beyond the end, and below the snapshot. */
  viewAt(index: number): ViewNumber | null {
    if (index === this.#snapshot.index) return this.#snapshot.view
    return this.at(index)?.view ?? null
  }

  at(index: number): Entry | undefined {
    return index > this.#snapshot.index ? this.#entries[index - this.#snapshot.index - 1] : undefined
  }

  /** Up to `count` entries from `index` on. */
  slice(index: number, count = Number.POSITIVE_INFINITY): readonly Entry[] {
    const from = index - this.#snapshot.index - 1
    return this.#entries.slice(from, from + count)
  }

  append(entry: Entry): void {
    this.#entries.push(entry)
  }

  /** Drops `index` and everything after it. */
  cutFrom(index: number): void {
    this.#entries.length = Math.min(this.#entries.length, Math.max(0, index - this.#snapshot.index - 1))
  }

  /** Forgets the entries that the snapshot covers. */
  compact(snapshot: Snapshot): void {
    this.#entries = this.#entries.slice(snapshot.index - this.#snapshot.index)
    this.#snapshot = snapshot
  }

  /** The snapshot is all there is. */
  reset(snapshot: Snapshot): void {
    this.#entries = []
    this.#snapshot = snapshot
  }
}
