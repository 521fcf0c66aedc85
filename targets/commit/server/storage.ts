/** What a node keeps in its log of records: its starts, votes, outcomes and decisions; the snapshot is what they amount to. */
import { RecordLog } from '../../protocol/server/record-log.ts'
import { replay } from '../core/replay.ts'
import { type Durable, type Entry, emptyDisk } from '../core/types.ts'
import type { Disk } from '../runner.ts'

export class Storage implements Disk {
  readonly #log: RecordLog<Entry, Durable>
  readonly restored: Durable

  /** @throws CorruptLogError */
  constructor(directory: string) {
    this.#log = new RecordLog(directory, 2)
    const { records, snapshot } = this.#log.found
    this.restored = replay(snapshot ?? emptyDisk, records)
  }

  append(entries: readonly Entry[], isSynced: boolean): void {
    this.#log.append(entries, isSynced)
  }

  replace(durable: Durable): void {
    this.#log.compact(durable, [])
  }
}
