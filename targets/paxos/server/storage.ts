/** What a Paxos node keeps in its log of records: what its acceptor has promised and accepted (section 2.5). */
import { RecordLog } from '../../protocol/server/record-log.ts'
import type { Accepted, Ballot, Durable, Ready, Slot, Snapshot } from '../core/types.ts'
import type { Disk } from '../replica.ts'

type StoredRecord =
  | { readonly type: 'promised'; readonly ballot: Ballot }
  /** Replaces what the acceptor has accepted for its slot before. */
  | { readonly type: 'accepted'; readonly accepted: Accepted }

const recordsOf = (promised: Ballot | null, accepted: readonly Accepted[]): readonly StoredRecord[] => [
  ...(promised === null ? [] : [{ type: 'promised', ballot: promised } as const]),
  ...accepted.map((each) => ({ type: 'accepted', accepted: each }) as const),
]

const replay = (records: readonly StoredRecord[], snapshot: Snapshot | null): Durable => {
  let promised: Ballot = 0
  const accepted = new Map<Slot, Accepted>()
  for (const record of records) {
    if (record.type === 'promised') promised = record.ballot
    else accepted.set(record.accepted.entry.slot, record.accepted)
  }
  const base = snapshot?.index ?? 0
  return { promised, snapshot, accepted: [...accepted.values()].filter(({ entry }) => entry.slot > base) }
}

export class Storage implements Disk {
  readonly #log: RecordLog<StoredRecord, Snapshot>
  readonly restored: Durable

  /** @throws CorruptLogError */
  constructor(directory: string) {
    this.#log = new RecordLog(directory, 2)
    const { records, snapshot } = this.#log.found
    this.restored = replay(records, snapshot)
  }

  persist({ promised, accepted, sync }: Ready): void {
    this.#log.append(recordsOf(promised, accepted), sync)
  }

  replace({ promised, accepted, snapshot }: Durable): void {
    if (snapshot !== null) this.#log.compact(snapshot, recordsOf(promised, accepted))
  }
}
