/**
 * What each side of a partition did while it was certainly cut off, as the clients saw it: served reads (for registers, how
 * many of them were stale), served writes, refused, hung. A side is a set of nodes that reach each other in both directions.
 * Shapes in which every node reaches a majority (rings, bridges) have no sides and are left out. This module only tells;
 * `sides.ts` judges.
 */
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { SideBehaviour, SideSeen } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { definitionOf, mayChange } from '../../harness/vocabularies/vocabulary.ts'
import { StaleReads } from '../data/stale-reads.ts'
import { begunIn } from './begun-in.ts'
import { provenSpans } from './fault-times.ts'
import type { Span } from './spans.ts'

/** After the cut, the old leader may serve under a lease, or answer requests that a quorum confirmed earlier. */
const GRACE_NS = 1.5e9

export interface Side extends SideSeen {
  /** The invocations of calls that nodes of this side certainly served: indices in the history. */
  readonly served: readonly number[]
}

/** A partition into sides. */
export interface Partition {
  readonly fault: FaultRecord
  readonly sides: readonly (readonly string[])[]
}

/** Sets of nodes that reach each other in both directions. */
export const sidesOf = (
  nodes: readonly string[],
  cut: ReadonlySet<string>,
): readonly (readonly string[])[] => {
  const reaches = (a: string, b: string): boolean => !cut.has(`${a}>${b}`) && !cut.has(`${b}>${a}`)
  const sides: string[][] = []
  const left = new Set(nodes)
  for (const first of nodes) {
    if (!left.delete(first)) continue
    const side = [first]
    for (const node of side)
      for (const other of [...left]) if (reaches(node, other) && left.delete(other)) side.push(other)
    sides.push(side.sort())
  }
  return sides
}

/** The links that a fault reports as cut, such as `n1>n2`. */
export const cutLinks = ({ effects }: FaultRecord): ReadonlySet<string> =>
  new Set((effects.at(-1)?.links ?? []).map(({ from, to }) => `${from}>${to}`))

export const partitionsIn = ({ faults, samples }: RunRecord): readonly Partition[] => {
  const nodes = [...new Set((samples ?? []).map(({ node }) => node))].sort()
  return (faults ?? []).flatMap((fault) => {
    if (!fault.effective || fault.injectedAtNs === undefined) return []
    const sides = sidesOf(nodes, cutLinks(fault))
    return sides.length < 2 ? [] : [{ fault, sides }]
  })
}

/**
 * Whether the call uses an object as it is now. A call that only asks about the cluster, such as which node leads, does not;
 * nor does a delivery of what a node already had.
 */
export const isUse = (vocabulary: Vocabulary, { f }: Operation): boolean => {
  const definition = definitionOf(vocabulary, f)
  return definition?.audits !== true && definition?.delivers !== true
}

const servedBy = ({ completion }: Pair): string | undefined => {
  const name = completion?.type === 'ok' ? completion.meta?.servedBy : undefined
  return name === undefined || name === '' ? undefined : String(name)
}

interface Counts {
  reads: number
  stale: number
  writes: number
  unattributed: number
  refused: number
  hung: number
}

const behaviourOf = ({ reads, writes, unattributed, refused, hung }: Counts): SideBehaviour => {
  const served = reads + writes + unattributed
  if (served + refused + hung === 0) return 'not asked'
  if (served === 0) return refused >= hung ? 'fail-closed' : 'hung'
  if (writes + unattributed === 0) return 'read-only'
  return refused + hung === 0 ? 'available' : 'degraded'
}

interface Asked {
  readonly pairs: readonly Pair[]
  /** All nodes of the partition. */
  readonly nodes: readonly string[]
  readonly vocabulary: Vocabulary
  readonly stale: StaleReads
}

const sideOf = (side: readonly string[], { pairs, nodes, vocabulary, stale }: Asked): Side => {
  const counts: Counts = { reads: 0, stale: 0, writes: 0, unattributed: 0, refused: 0, hung: 0 }
  const served: number[] = []
  for (const pair of pairs) {
    const { invocation, completion } = pair
    const by = servedBy(pair)
    // What a service beside the cluster answered, no node served.
    if (by !== undefined && !nodes.includes(by)) continue
    if (!side.includes(by ?? invocation.node ?? '')) continue
    if (completion?.type === 'ok' && by === undefined) counts.unattributed++
    else if (completion?.type === 'ok') {
      served.push(invocation.index)
      counts[mayChange(vocabulary, invocation) ? 'writes' : 'reads']++
      if (stale.isStale(pair)) counts.stale++
    } else counts[completion?.type === 'fail' ? 'refused' : 'hung']++
  }
  return {
    nodes: side,
    isMajority: side.length > nodes.length / 2,
    behaviour: behaviourOf(counts),
    ...counts,
    served,
  }
}

export interface SidesSeen {
  readonly fault: FaultRecord
  readonly sides: readonly Side[]
}

/** The time in which a side can be held responsible for what it serves; null: there is none. */
const judgedSpan = ({ injectedAtNs = 0 }: FaultRecord, proven: Span | null): Span | null => {
  if (proven === null) return null
  const fromNs = Math.max(proven.fromNs, injectedAtNs + GRACE_NS)
  return fromNs < proven.toNs ? { fromNs, toNs: proven.toNs } : null
}

/**
 * For each partition into sides that was proved and lasted long enough, what each side did. Counted are the calls that began
 * after the proof; an answer counts as served if it came before the heal began, since a later one may have come over links
 * that were open again.
 */
export const sidesSeen = (record: RunRecord): readonly SidesSeen[] => {
  const known = seenIn.get(record)
  if (known !== undefined) return known
  const seen = findSides(record)
  seenIn.set(record, seen)
  return seen
}

/** Judged, told and measured from the same: it is found once for each record. */
const seenIn = new WeakMap<RunRecord, readonly SidesSeen[]>()

const findSides = (record: RunRecord): readonly SidesSeen[] => {
  const { vocabulary } = record
  const partitions = partitionsIn(record)
  if (vocabulary === null || partitions.length === 0) return []
  const stale = new StaleReads()
  for (const pair of record.pairs) if (isUse(vocabulary, pair.invocation)) stale.take(pair)
  const provenOf = provenSpans(record)
  return partitions.flatMap(({ fault, sides }) => {
    const span = judgedSpan(fault, provenOf(fault))
    if (span === null) return []
    const pairs = begunIn(record.pairs, { ...span, fromNs: span.fromNs + 1 }).filter(
      ({ invocation, completion }) =>
        isUse(vocabulary, invocation) && (completion?.type !== 'ok' || completion.timeNs < span.toNs),
    )
    const asked = { pairs, nodes: sides.flat(), vocabulary, stale }
    return [{ fault, sides: sides.map((side) => sideOf(side, asked)) }]
  })
}

export const describeSide = (side: SideSeen, called: string = side.behaviour): string => {
  const { nodes, isMajority, stale, reads, writes, unattributed, refused, hung } = side
  // Reads that are not certainly stale are not known to be fresh either, so nothing is said about them.
  const freshness = stale === 0 ? '' : `, ${stale} reads stale`
  const unclear = unattributed === 0 ? '' : `, ${unattributed} served by a node that the answer does not name`
  return `${nodes.join(' ')} (${isMajority ? 'majority' : 'minority'}): ${called}${freshness}; ${reads} reads, ${writes} writes served${unclear}, ${refused} refused, ${hung} hung`
}
