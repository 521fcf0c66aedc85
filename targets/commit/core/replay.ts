/** What a node knows after its log on disk was read. */
import type { Durable as LogDurable } from '../../paxos/core/types.ts'
import { Sessions } from './sessions.ts'
import type { Durable, Entry } from './types.ts'

const accepting = (
  log: LogDurable,
  { promised, accepted }: Entry & { readonly type: 'accepted' },
): LogDurable => {
  const slots = new Set(accepted.map(({ entry }) => entry.slot))
  const others = log.accepted.filter(({ entry }) => !slots.has(entry.slot))
  return { ...log, promised: promised ?? log.promised, accepted: [...others, ...accepted] }
}

/** @param base what stood on the disk before the entries */
export const replay = (base: Durable, entries: readonly Entry[]): Durable => {
  const values = new Map(base.values)
  const prepared = new Map(base.prepared.map((each) => [each.tx, each]))
  const outcomes = new Map(base.outcomes)
  const committed = new Map(base.committed.map((each) => [each.tx, each]))
  const sessions = new Sessions(base)
  let { start, log } = base
  for (const entry of entries) {
    if (entry.type === 'start') start = entry.start
    else if (entry.type === 'prepared') prepared.set(entry.prepared.tx, entry.prepared)
    else if (entry.type === 'accepted') log = accepting(log, entry)
    else if (entry.type === 'log') log = entry.log
    else if (entry.type === 'refused') sessions.answered(entry.request)
    else if (entry.type === 'ended') committed.delete(entry.tx)
    else if (entry.type === 'committed') {
      const { tx, request } = entry.committed
      committed.set(tx, entry.committed)
      if (request !== null) sessions.answered(request)
    } else {
      const writes = entry.outcome === 'commit' ? (prepared.get(entry.tx)?.writes ?? []) : []
      for (const [key, value] of writes) values.set(key, value)
      prepared.delete(entry.tx)
      outcomes.set(entry.tx, entry.outcome)
    }
  }
  return {
    start,
    values: [...values],
    prepared: [...prepared.values()],
    outcomes: [...outcomes],
    floors: base.floors,
    committed: [...committed.values()],
    log,
    ...sessions.durable,
  }
}
