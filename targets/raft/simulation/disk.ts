/** What a node's disk in memory holds after each of its writes. */
import { SimulatedDisk } from '../../protocol/simulation/disk.ts'
import { initialState } from '../core/raft.ts'
import type { Entry, HardState, Ready, Restored, Snapshot } from '../core/types.ts'

export class RaftDisk extends SimulatedDisk<Restored> {
  constructor() {
    super(initialState)
  }

  persist(ready: Ready): void {
    const written = this.read()
    const before: readonly Entry[] = ready.snapshot === null ? written.entries : []
    const snapshot: Snapshot | null = ready.snapshot ?? written.snapshot
    const first = ready.entries[0]
    const entries =
      first === undefined
        ? before
        : [...before.slice(0, first.index - (snapshot?.index ?? 0) - 1), ...ready.entries]
    const hardState: HardState = ready.hardState ?? written.hardState
    this.write({ hardState, snapshot, entries }, ready.sync)
  }

  compact(snapshot: Snapshot, isSynced: boolean): void {
    const entries = this.read().entries.filter((entry) => entry.index > snapshot.index)
    this.write({ ...this.read(), snapshot, entries }, isSynced)
  }
}
