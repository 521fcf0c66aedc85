/** What a Raft node keeps in its log of records: its hard state, and the entries above the snapshot. */
import { RecordLog } from '../../protocol/server/record-log.ts'
import type { Version } from '../../protocol/wire.ts'
import type { Entry, HardState, Ready, Restored, Snapshot } from '../core/types.ts'

type StoredRecord =
  | { readonly type: 'state'; readonly state: HardState }
  /** Replaces what the log has from this index on. */
  | { readonly type: 'entry'; readonly entry: Entry }

const entryRecord = (entry: Entry): StoredRecord => ({ type: 'entry', entry })

const replay = (records: readonly StoredRecord[], snapshot: Snapshot | null): Restored => {
  let hardState: HardState = { term: 0, votedFor: null }
  const entries: Entry[] = []
  for (const record of records) {
    if (record.type === 'state') hardState = record.state
    else {
      const { entry } = record
      while (entries.length > 0 && (entries.at(-1) as Entry).index >= entry.index) entries.pop()
      entries.push(entry)
    }
  }
  const base = snapshot?.index ?? 0
  return { hardState, snapshot, entries: entries.filter((entry) => entry.index > base) }
}

export class Storage {
  readonly #log: RecordLog<StoredRecord, Snapshot>
  #hardState: HardState
  readonly restored: Restored

  constructor(directory: string, version: Version = 2) {
    this.#log = new RecordLog(directory, version)
    const { records, snapshot } = this.#log.found
    this.restored = replay(records, snapshot)
    this.#hardState = this.restored.hardState
  }

  /** Everything in `ready` is on disk when this returns. */
  persist(ready: Ready): void {
    if (ready.snapshot !== null) this.#compact(ready.snapshot, ready.hardState ?? this.#hardState, [])
    const records = ready.entries.map(entryRecord)
    if (ready.hardState !== null) {
      this.#hardState = ready.hardState
      records.unshift({ type: 'state', state: ready.hardState })
    }
    this.#log.append(records, ready.sync)
  }

  /** Saves the snapshot, then removes from the log what it covers. */
  compact(snapshot: Snapshot, remaining: readonly Entry[]): void {
    this.#compact(snapshot, this.#hardState, remaining)
  }

  #compact(snapshot: Snapshot, state: HardState, remaining: readonly Entry[]): void {
    this.#log.compact(snapshot, [{ type: 'state', state }, ...remaining.map(entryRecord)])
  }
}
