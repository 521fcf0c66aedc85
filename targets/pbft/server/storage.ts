/** What a replica keeps on its disk: all that it has said and relies on since its last stable checkpoint, and the checkpoint. */
import { RecordLog } from '../../protocol/server/record-log.ts'
import { emptyDisk } from '../core/pbft.ts'
import type { Durable, DurableRecord, Stable } from '../core/types.ts'
import type { Disk } from '../replica.ts'

export class Storage implements Disk {
  readonly #log: RecordLog<DurableRecord, Stable>
  readonly restored: Durable

  /** @throws CorruptLogError */
  constructor(directory: string) {
    this.#log = new RecordLog(directory, 2)
    const { records, snapshot } = this.#log.found
    this.restored = { stable: snapshot ?? emptyDisk.stable, records }
  }

  persist(records: readonly DurableRecord[]): void {
    this.#log.append(records, true)
  }

  replace({ stable, records }: Durable): void {
    this.#log.compact(stable, records)
  }
}
