/** The replicated log above the last snapshot. Indices start at 1. */
import type { NodeId } from '../../protocol/commands.ts'
import type { Entry, Restored, Snapshot } from './types.ts'

export class Log {
  #entries: Entry[]
  #snapshot: Snapshot | null
  readonly #initialMembers: readonly NodeId[]

  constructor(restored: Restored, initialMembers: readonly NodeId[]) {
    this.#entries = [...restored.entries]
    this.#snapshot = restored.snapshot
    this.#initialMembers = initialMembers
  }

  get snapshot(): Snapshot | null {
    return this.#snapshot
  }

  get snapshotIndex(): number {
    return this.#snapshot?.index ?? 0
  }

  get lastIndex(): number {
    return this.snapshotIndex + this.#entries.length
  }

  get lastTerm(): number {
    return this.#entries.at(-1)?.term ?? this.#snapshot?.term ?? 0
  }

  /** Null beyond the end of the log, or where it was compacted. Index 0 has term 0. */
  termAt(index: number): number | null {
    if (index === this.snapshotIndex) return this.#snapshot?.term ?? 0
    return this.at(index)?.term ?? null
  }

  at(index: number): Entry | undefined {
    return index > this.snapshotIndex ? this.#entries[index - this.snapshotIndex - 1] : undefined
  }

  /** Up to `count` entries from `index` on. */
  slice(index: number, count: number): readonly Entry[] {
    const from = index - this.snapshotIndex - 1
    return this.#entries.slice(from, from + count)
  }

  append(entry: Entry): void {
    this.#entries.push(entry)
  }

  /** Drops `index` and everything after it. */
  truncateFrom(index: number): void {
    this.#entries.length = Math.min(this.#entries.length, Math.max(0, index - this.snapshotIndex - 1))
  }

  /** Removes the entries that the snapshot covers. */
  compact(snapshot: Snapshot): void {
    this.#entries = this.#entries.slice(snapshot.index - this.snapshotIndex)
    this.#snapshot = snapshot
  }

  /** Replaces the whole log with the snapshot. */
  reset(snapshot: Snapshot): void {
    this.#entries = []
    this.#snapshot = snapshot
  }

  /** The configuration in force: the latest in the log, committed or not (thesis, section 4.1). */
  members(upTo = Number.POSITIVE_INFINITY): readonly NodeId[] {
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      const entry = this.#entries[i] as Entry
      if (entry.index <= upTo && entry.command.kind === 'config') return entry.command.members
    }
    return this.#snapshot?.members ?? this.#initialMembers
  }

  /** Index of the latest configuration entry; 0 if the snapshot has it, or there is none. */
  configIndex(): number {
    return this.#entries.findLast((entry) => entry.command.kind === 'config')?.index ?? 0
  }
}
