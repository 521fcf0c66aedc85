/**
 * Reads that see one write of a transaction and miss another: fractured reads (Bailis et al. 2014, section 3), and of these
 * the ones that miss it after they had seen it (OTV, Bailis et al. 2013, section 5.1). Each is a cycle with one
 * anti-dependency, so there are none where no such cycle was found.
 */
import { componentsOf } from './components.ts'
import { antiWithin, BY_READS, type EdgeList, Graph, type Kinds, WR, writesWithin } from './graph.ts'
import type { MicroOp } from './micro-op.ts'
import type { Transactions } from './transactions.ts'

/** T read `seen` from W, and `missed` in a state before W's write. */
export interface Fractured {
  readonly reader: number
  readonly writer: number
  /** Numbers of keys. */
  readonly seen: number
  readonly missed: number
}

const WRITES = writesWithin(0, BY_READS)
const ANTI = antiWithin(0)

/** Edges by source, those within one component only: all others lie on no cycle. */
const cyclicEdges = (count: number, edges: EdgeList): ReadonlyMap<number, readonly number[]> => {
  const { of } = componentsOf(new Graph(count, edges), WRITES | WR | ANTI)
  const bySource = new Map<number, number[]>()
  for (let edge = 0; edge < edges.length; edge++) {
    const [from, to] = [edges.from[edge] as number, edges.to[edge] as number]
    if (((edges.kind[edge] as Kinds) & (WRITES | WR | ANTI)) === 0 || of[from] !== of[to]) continue
    const known = bySource.get(from)
    if (known === undefined) bySource.set(from, [edge])
    else known.push(edge)
  }
  return bySource
}

/** The writers of versions of the key that come after the one that the anti-dependency `from` leads to, itself included. */
const laterWriters = (
  edges: EdgeList,
  bySource: ReadonlyMap<number, readonly number[]>,
  from: number,
): ReadonlySet<number> => {
  const key = edges.key(from)
  const found = new Set([edges.to[from] as number])
  for (const writer of found)
    for (const edge of bySource.get(writer) ?? [])
      if (((edges.kind[edge] as Kinds) & WRITES) !== 0 && edges.key(edge) === key)
        found.add(edges.to[edge] as number)
  return found
}

export const eachFractured = (
  count: number,
  edges: EdgeList,
  found: (fractured: Fractured) => void,
): void => {
  const bySource = cyclicEdges(count, edges)
  const readFrom = new Map<number, number[]>()
  for (const some of bySource.values())
    for (const edge of some) {
      if (edges.kind[edge] !== WR) continue
      const reader = edges.to[edge] as number
      readFrom.set(reader, [...(readFrom.get(reader) ?? []), edge])
    }
  for (const [reader, reads] of readFrom)
    for (const anti of bySource.get(reader) ?? []) {
      if (((edges.kind[anti] as Kinds) & ANTI) === 0) continue
      const missed = edges.key(anti)
      const later = laterWriters(edges, bySource, anti)
      for (const read of reads) {
        const writer = edges.from[read] as number
        if (edges.key(read) !== missed && later.has(writer))
          found({ reader, writer, seen: edges.key(read), missed })
      }
    }
}

/** Whether the transaction read `missed` after it had read `seen`. */
export const isVanished = (
  history: Transactions,
  names: readonly MicroOp[1][],
  { reader, seen, missed }: Fractured,
): boolean => {
  const own = history.opsOf(reader)
  const saw = own.findIndex(([f, key]) => f === 'r' && key === names[seen])
  const wrote = own.findIndex(([f, key]) => f !== 'r' && key === names[missed])
  const last = own.findLastIndex(
    ([f, key], at) => f === 'r' && key === names[missed] && (wrote === -1 || at < wrote),
  )
  return saw < last
}
