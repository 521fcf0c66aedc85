/**
 * What each side of a partition did while the partition lasted, as the clients saw it: served reads (for registers, how many
 * of them were stale), served writes, refused, hung; and whether that agrees with what the target claims for a minority. A
 * side is a set of nodes that reach each other in both directions. Shapes in which every node reaches a majority (rings,
 * bridges) have no sides and are left out.
 */
import type { Claims } from '../../harness/api/claims.ts'
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { definitionOf, mayChange } from '../../harness/vocabularies/vocabulary.ts'
import { staleReads } from '../data/stale-reads.ts'
import { lowerBound } from '../lower-bound.ts'
import { claimed } from '../promise.ts'
import { checkerOf, conclude, countBy, type Finding, type Judged, listCounts } from '../verdict.ts'

/** After the cut, the old leader may still answer requests that a quorum confirmed earlier. */
const GRACE_NS = 1.5e9

type Behaviour =
  /** It served every request. */
  | 'available'
  /** It served some requests. */
  | 'degraded'
  /** It served reads but no writes. */
  | 'read-only'
  /** It served nothing and answered with errors. */
  | 'fail-closed'
  /** It served nothing, and most requests got no answer. */
  | 'hung'
  | 'not asked'

interface SideCounts {
  reads: number
  /** The number of reads that were certainly stale. */
  stale: number
  writes: number
  refused: number
  hung: number
}

interface Side {
  readonly nodes: readonly string[]
  readonly isMajority: boolean
  readonly counts: Readonly<SideCounts>
  readonly behaviour: Behaviour
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
const cutLinks = ({ effects }: FaultRecord): ReadonlySet<string> =>
  new Set((effects.at(-1)?.links ?? []).map(({ from, to }) => `${from}>${to}`))

/** A call that only asks about the cluster itself, such as which node leads, is not a use. */
const isUse = (vocabulary: Vocabulary, { f }: Operation): boolean =>
  definitionOf(vocabulary, f)?.audits !== true

/** The node that answered, if the answer names one; otherwise the node that was asked. */
const nodeOf = ({ invocation, completion }: Pair, nodes: readonly string[]): string | undefined => {
  const servedBy = completion?.type === 'ok' ? completion.meta?.servedBy : undefined
  return nodes.find((node) => node === servedBy) ?? invocation.node
}

/** Whether a service beside the cluster answered, so that no node took part. */
const isServedBeside = ({ completion }: Pair, services: RunRecord['services']): boolean =>
  Object.hasOwn(services ?? {}, String(completion?.meta?.servedBy))

const behaviourOf = ({ reads, writes, refused, hung }: SideCounts): Behaviour => {
  if (reads + writes + refused + hung === 0) return 'not asked'
  if (reads + writes === 0) return refused >= hung ? 'fail-closed' : 'hung'
  if (writes === 0) return 'read-only'
  return refused + hung === 0 ? 'available' : 'degraded'
}

const sideOf = (
  side: readonly string[],
  nodes: readonly string[],
  vocabulary: Vocabulary,
  pairs: readonly Pair[],
  stale: ReadonlySet<Operation>,
): Side => {
  const counts: SideCounts = { reads: 0, stale: 0, writes: 0, refused: 0, hung: 0 }
  for (const pair of pairs) {
    const node = nodeOf(pair, nodes)
    if (node === undefined || !side.includes(node)) continue
    const type = pair.completion?.type ?? 'info'
    if (stale.has(pair.invocation)) counts.stale++
    if (type === 'ok') counts[mayChange(vocabulary, pair.invocation) ? 'writes' : 'reads']++
    else if (type === 'fail') counts.refused++
    else counts.hung++
  }
  return { nodes: side, isMajority: side.length > nodes.length / 2, counts, behaviour: behaviourOf(counts) }
}

interface TwoSides {
  readonly fault: FaultRecord
  readonly sides: readonly Side[]
}

/** A partition into sides. */
interface Partition {
  readonly fault: FaultRecord
  readonly sides: readonly (readonly string[])[]
  readonly injectedAtNs: number
  /** The heal never begins before the planned end, and its recorded time is when it was over. */
  readonly untilNs: number
}

const partitionsIn = ({ faults, samples }: RunRecord): readonly Partition[] => {
  const nodes = [...new Set((samples ?? []).map(({ node }) => node))].sort()
  return (faults ?? []).flatMap((fault) => {
    const { injectedAtNs, healedAtNs = Number.POSITIVE_INFINITY, effective, planned } = fault
    if (!effective || injectedAtNs === undefined) return []
    const untilNs = Math.min(healedAtNs, planned.atNs + planned.durationNs)
    const sides = sidesOf(nodes, cutLinks(fault))
    return sides.length < 2 ? [] : [{ fault, sides, injectedAtNs, untilNs }]
  })
}

/** For each partition into sides, what each side did after the grace period. */
const behaviours = (record: RunRecord, vocabulary: Vocabulary): readonly TwoSides[] => {
  const pairs = record.pairs.filter(
    (pair) => isUse(vocabulary, pair.invocation) && !isServedBeside(pair, record.services),
  )
  const stale = staleReads(pairs)
  const begunBefore = (timeNs: number): number =>
    lowerBound(pairs, ({ invocation }) => invocation.timeNs, timeNs)
  return partitionsIn(record).map(({ fault, sides, injectedAtNs, untilNs }) => {
    const nodes = sides.flat().sort()
    const during = pairs
      .slice(begunBefore(injectedAtNs + GRACE_NS + 1), begunBefore(untilNs))
      // An answer that came later may have been served over links that were open again.
      .filter(({ completion }) => completion?.type !== 'ok' || completion.timeNs < untilNs)
    return { fault, sides: sides.map((side) => sideOf(side, nodes, vocabulary, during, stale)) }
  })
}

/** A side without a majority that served a write, or that served a read although the claim is that it refuses. */
const isBeyond = (side: Side, claims: Claims): boolean =>
  !side.isMajority && (side.counts.writes > 0 || (claims.minority === 'refuse' && side.counts.reads > 0))

/** While members change, it is not known which side is the majority. */
const isDisturbed = ({ fault }: TwoSides, faults: readonly FaultRecord[]): boolean =>
  faults.some(
    ({ planned: { model, atNs }, healedAtNs }) =>
      model === 'membership' &&
      atNs < (fault.healedAtNs ?? Number.POSITIVE_INFINITY) &&
      (healedAtNs ?? Number.POSITIVE_INFINITY) > (fault.injectedAtNs as number),
  )

/** A side that served more than the claims allow has failed open. */
const classOf = (side: Side, claims: Claims): Behaviour | 'fail-open' =>
  isBeyond(side, claims) ? 'fail-open' : side.behaviour

const describe = (side: Side, claims: Claims): string => {
  const { nodes, isMajority, counts } = side
  // Reads that are not certainly stale are not known to be fresh either, so nothing is said about them.
  const freshness = counts.stale === 0 ? '' : `, ${counts.stale} reads stale`
  return `${nodes.join(' ')} (${isMajority ? 'majority' : 'minority'}): ${classOf(side, claims)}${freshness}; ${counts.reads} reads, ${counts.writes} writes served, ${counts.refused} refused, ${counts.hung} hung`
}

const tableOf = (fault: FaultRecord, sides: readonly Side[], claims: Claims): string =>
  [fault.planned.id, ...sides.map((side) => `  ${describe(side, claims)}`)].join('\n')

const found = (
  { fault, sides }: TwoSides,
  claims: Claims,
): readonly Finding<'a side without a majority failed open'>[] => {
  const beyond = sides.filter((side) => isBeyond(side, claims))
  if (beyond.length === 0) return []
  const text = `${fault.planned.id}: ${beyond.map((side) => describe(side, claims)).join('; ')}`
  const proof = tableOf(fault, sides, claims)
  return [{ kind: 'a side without a majority failed open', text, proof, operations: [] }]
}

const judge = (record: RunRecord): Judged => {
  const claims = record.claims as Claims
  const all = behaviours(record, record.vocabulary as Vocabulary).filter(
    (judged) => !isDisturbed(judged, record.faults ?? []),
  )
  const classes = countBy(
    all.flatMap(({ sides }) => sides),
    (side) => `${side.isMajority ? 'majority' : 'minority'} ${classOf(side, claims)}`,
  )
  const judged = conclude(
    all.flatMap((each) => found(each, claims)),
    {
      seen: `${all.length} partitions into sides`,
      clean: all.length === 0 ? 'none lasted long enough to judge' : listCounts(classes),
      unproven: null,
      kinds: ['a side without a majority failed open'],
      details: classes,
    },
  )
  const shown: Evidence = {
    title: 'What each side of each partition did',
    text: all.map(({ fault, sides }) => tableOf(fault, sides, claims)).join('\n'),
    operations: [],
  }
  return all.length > 0 && judged.evidence.length === 0 ? { ...judged, evidence: [shown] } : judged
}

export const sides = checkerOf({
  name: 'sides',
  finds: 'minorities that serve more than was claimed (fail-open)',
  needs: ['history', 'vocabulary', 'faults', 'samples', 'claims'],
  applies: (record) => partitionsIn(record).length > 0,
  promise: (record) =>
    claimed(
      record,
      `a minority ${record.claims?.minority === 'refuse' ? 'refuses' : 'serves at most reads'}`,
    ),
  judge,
})
