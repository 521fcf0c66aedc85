/**
 * Reads of registers that were certainly stale: some write was acknowledged before the read began, and that write had begun
 * after the write of the read value was acknowledged. Only reads of values that were written once are judged.
 */
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import { latestOver } from './latest-over.ts'

interface Write {
  readonly key: number
  readonly value: number
  readonly pair: Pair
}

/** What a call certainly wrote; null: nothing, or unknown. */
const writtenBy = (pair: Pair): Write | null => {
  const { invocation, completion } = pair
  if (completion?.type !== 'ok') return null
  if (invocation.f === 'write') {
    const { key, value } = invocation.value as { key: number; value: number }
    return { key, value, pair }
  }
  if (invocation.f !== 'cas' || (completion.value as { applied?: boolean }).applied !== true) return null
  const { key, next } = invocation.value as { key: number; next: number }
  return { key, value: next, pair }
}

/** Value of a key -> when its write was acknowledged; infinite if it was written twice, because a read may have seen the later write. */
const acknowledgementsOf = (writes: readonly Write[]): ReadonlyMap<string, number> => {
  const acknowledgedNs = new Map<string, number>()
  for (const { key, value, pair } of writes) {
    const name = `${key} ${value}`
    const endNs = pair.completion?.timeNs as number
    acknowledgedNs.set(name, acknowledgedNs.has(name) ? Number.POSITIVE_INFINITY : endNs)
  }
  return acknowledgedNs
}

/** The invocations of stale reads. */
export const staleReads = (pairs: Sequence<Pair>): ReadonlySet<Operation> => {
  const writes = pairs.flatMap((pair) => writtenBy(pair) ?? [])
  const acknowledgedNs = acknowledgementsOf(writes)
  const latest = new Map(
    [...Map.groupBy(writes, ({ key }) => key)].map(([key, all]) => [
      key,
      latestOver(all.map(({ pair }) => pair)),
    ]),
  )
  return new Set(
    pairs.flatMap(({ invocation, completion }) => {
      if (invocation.f !== 'read' || completion?.type !== 'ok') return []
      const { key, value } = completion.value as { key?: number; value?: number | null }
      if (key === undefined || value === undefined) return []
      // The initial value is older than all writes. A value that was not certainly written proves nothing.
      const sinceNs =
        value === null
          ? Number.NEGATIVE_INFINITY
          : (acknowledgedNs.get(`${key} ${value}`) ?? Number.POSITIVE_INFINITY)
      const newer = latest.get(key)?.(invocation.timeNs) ?? null
      return newer !== null && newer.invocation.timeNs > sinceNs ? [invocation] : []
    }),
  )
}
