/**
 * Reads of registers that were surely stale: a write that was acknowledged before the read began had itself begun after the
 * write whose value was read was acknowledged. Where each value of a key is written once; other reads are not judged.
 */
import type { Operation, Pair } from '../../harness/api/history.ts'
import { latestOver } from './latest-over.ts'

interface Write {
  readonly key: number
  readonly value: number
  readonly pair: Pair
}

/** What a call wrote for sure; null: nothing, or nobody knows. */
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

/** Value of a key -> when its write was acknowledged; infinite where it was written twice: it may be the later one that was read. */
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
export const staleReads = (pairs: readonly Pair[]): ReadonlySet<Operation> => {
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
      // What was there at first was there before all; a value that nobody surely wrote tells nothing.
      const sinceNs =
        value === null
          ? Number.NEGATIVE_INFINITY
          : (acknowledgedNs.get(`${key} ${value}`) ?? Number.POSITIVE_INFINITY)
      const newer = latest.get(key)?.(invocation.timeNs) ?? null
      return newer !== null && newer.invocation.timeNs > sinceNs ? [invocation] : []
    }),
  )
}
