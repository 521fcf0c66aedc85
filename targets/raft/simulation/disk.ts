/** A node's disk in memory: what was written, and what remains of it after a power loss. */

import { initialState } from '../core/raft.ts'
import type { Entry, HardState, Ready, Restored, Snapshot } from '../core/types.ts'

export class Disk {
  #written: Restored = initialState
  #durable: Restored = initialState

  persist(ready: Ready): void {
    const before: readonly Entry[] = ready.snapshot === null ? this.#written.entries : []
    const snapshot: Snapshot | null = ready.snapshot ?? this.#written.snapshot
    const first = ready.entries[0]
    const entries =
      first === undefined
        ? before
        : [...before.slice(0, first.index - (snapshot?.index ?? 0) - 1), ...ready.entries]
    const hardState: HardState = ready.hardState ?? this.#written.hardState
    this.#written = { hardState, snapshot, entries }
    if (ready.sync) this.#durable = this.#written
  }

  compact(snapshot: Snapshot, sync: boolean): void {
    const entries = this.#written.entries.filter((entry) => entry.index > snapshot.index)
    this.#written = { ...this.#written, snapshot, entries }
    if (sync) this.#durable = this.#written
  }

  /** What was not synced is lost. */
  losePower(): void {
    this.#written = this.#durable
  }

  read(): Restored {
    return this.#written
  }
}
