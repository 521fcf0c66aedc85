/**
 * Reads of registers that were surely stale: a write that was acknowledged before the read began had itself begun after the
 * write whose value was read was acknowledged. Where each value of a key is written once; other reads are not judged.
 */
import type { Operation, Pair } from '../../harness/api/history.ts'

interface Written {
  readonly key: number
  readonly value: number
}

interface Write {
  readonly invokedNs: number
  readonly acknowledgedNs: number
}

/** What a call wrote for sure; null: nothing, or nobody knows. */
const writtenBy = ({ invocation, completion }: Pair): Written | null => {
  if (completion?.type !== 'ok') return null
  if (invocation.f === 'write') return invocation.value as Written
  if (invocation.f !== 'cas' || (completion.value as { applied?: boolean }).applied !== true) return null
  const { key, next } = invocation.value as { key: number; next: number }
  return { key, value: next }
}

/** Of writes in the order of their acknowledgements: up to each, the latest beginning. */
const latestBeginnings = (writes: readonly Write[]): readonly Write[] => {
  let invokedNs = Number.NEGATIVE_INFINITY
  return writes
    .toSorted((a, b) => a.acknowledgedNs - b.acknowledgedNs)
    .map((write) => {
      invokedNs = Math.max(invokedNs, write.invokedNs)
      return { invokedNs, acknowledgedNs: write.acknowledgedNs }
    })
}

/** The latest beginning of a write that was acknowledged before that time. */
const latestBefore = (sorted: readonly Write[], timeNs: number): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as Write).acknowledgedNs < timeNs) low = middle + 1
    else high = middle
  }
  return sorted[low - 1]?.invokedNs ?? Number.NEGATIVE_INFINITY
}

/** The invocations of stale reads. */
export const staleReads = (pairs: readonly Pair[]): ReadonlySet<Operation> => {
  const writes = new Map<number, Write[]>()
  const acknowledgedNs = new Map<string, number>()
  for (const pair of pairs) {
    const written = writtenBy(pair)
    if (written === null) continue
    const { key, value } = written
    const write = { invokedNs: pair.invocation.timeNs, acknowledgedNs: pair.completion?.timeNs as number }
    writes.set(key, [...(writes.get(key) ?? []), write])
    const known = acknowledgedNs.get(`${key} ${value}`)
    // Written twice: it may be the later one that was read.
    acknowledgedNs.set(
      `${key} ${value}`,
      known === undefined ? write.acknowledgedNs : Number.POSITIVE_INFINITY,
    )
  }
  const sorted = new Map([...writes].map(([key, all]) => [key, latestBeginnings(all)]))
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
      return latestBefore(sorted.get(key) ?? [], invocation.timeNs) > sinceNs ? [invocation] : []
    }),
  )
}
