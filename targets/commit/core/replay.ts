/** What a node knows after its log on disk was read. */
import { Sessions } from './sessions.ts'
import type { Durable, Entry } from './types.ts'

/** @param base what stood on the disk before the entries */
export const replay = (base: Durable, entries: readonly Entry[]): Durable => {
  const values = new Map(base.values)
  const prepared = new Map(base.prepared.map((each) => [each.tx, each]))
  const outcomes = new Map(base.outcomes)
  const committed = new Map(base.committed.map((each) => [each.tx, each]))
  const sessions = new Sessions(base)
  let { start } = base
  for (const entry of entries) {
    if (entry.type === 'start') start = entry.start
    else if (entry.type === 'prepared') prepared.set(entry.prepared.tx, entry.prepared)
    else if (entry.type === 'ended') committed.delete(entry.tx)
    else if (entry.type === 'committed') {
      const { tx, request } = entry.committed
      committed.set(tx, entry.committed)
      if (request !== null) sessions.committed(request.session, request)
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
    ...sessions.durable,
  }
}
