/** What a node keeps in its log of records: the number of its view, and the entries above the snapshot. */
import { RecordLog } from '../../protocol/server/record-log.ts'
import {
  type Durable,
  type Entry,
  NOTHING,
  type Ready,
  type Snapshot,
  type ViewNumber,
} from '../core/types.ts'
import type { Disk } from '../replica.ts'

type StoredRecord =
  | { readonly type: 'view'; readonly view: ViewNumber }
  /** Replaces what the log has from this index on. */
  | { readonly type: 'entry'; readonly entry: Entry }

const recordsOf = (view: ViewNumber | null, entries: readonly Entry[]): readonly StoredRecord[] => [
  ...(view === null ? [] : [{ type: 'view', view } as const]),
  ...entries.map((entry) => ({ type: 'entry', entry }) as const),
]

const replay = (records: readonly StoredRecord[], snapshot: Snapshot): Durable => {
  let view: ViewNumber = 0
  const entries: Entry[] = []
  for (const record of records) {
    if (record.type === 'view') view = record.view
    else {
      const { entry } = record
      while (entries.length > 0 && (entries.at(-1) as Entry).index >= entry.index) entries.pop()
      entries.push(entry)
    }
  }
  return { view, snapshot, entries: entries.filter(({ index }) => index > snapshot.index) }
}

export class Storage implements Disk {
  readonly #log: RecordLog<StoredRecord, Snapshot>
  readonly restored: Durable

  /** @throws CorruptLogError */
  constructor(directory: string) {
    this.#log = new RecordLog(directory, 2)
    const { records, snapshot } = this.#log.found
    this.restored = replay(records, snapshot ?? NOTHING)
  }

  persist({ view, entries, sync }: Ready): void {
    this.#log.append(recordsOf(view, entries), sync)
  }

  replace({ view, snapshot, entries }: Durable): void {
    this.#log.compact(snapshot, recordsOf(view, entries))
  }
}
