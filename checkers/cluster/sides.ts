/**
 * What each side of a partition did while it lasted, told from the clients: served reads (of registers, which of them were
 * stale), served writes, refused, hung; and whether that is what the target claims of a minority. A side is a set of nodes that reach each other both ways; shapes
 * in which every node reaches a majority (rings, bridges) have no sides, and are left out.
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

/** After the cut a leader of old may still answer what a quorum granted it before. */
const GRACE_NS = 1.5e9

type Behaviour =
  /** It served everything that it was asked. */
  | 'available'
  /** It served some of it. */
  | 'degraded'
  /** It served reads and no write. */
  | 'read-only'
  /** It served nothing, and said so. */
  | 'fail-closed'
  /** It served nothing, and mostly said nothing. */
  | 'hung'
  | 'not asked'

interface SideCounts {
  reads: number
  /** Of the reads, those that were surely stale. */
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

/** Sets of nodes that reach each other both ways. */
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

/** The links that a fault cut, by its own word, such as `n1>n2`. */
const cutLinks = ({ effects }: FaultRecord): ReadonlySet<string> =>
  new Set((effects.at(-1)?.links ?? []).map(({ from, to }) => `${from}>${to}`))

/** To tell of the cluster's own affairs, such as whom a node takes for the leader, is to serve nothing. */
const isUse = (vocabulary: Vocabulary, { f }: Operation): boolean =>
  definitionOf(vocabulary, f)?.audits !== true

/** The node that answered, where the answer names one; else the one that was asked. */
const nodeOf = ({ invocation, completion }: Pair, nodes: readonly string[]): string | undefined => {
  const servedBy = completion?.type === 'ok' ? completion.meta?.servedBy : undefined
  return nodes.find((node) => node === servedBy) ?? invocation.node
}

/** By something beside the cluster, so that no node had a part in it. */
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
  /** The heal never begins before its time, and is only told of once it is over. */
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

/** Of each partition into sides, what each did once the grace was over. */
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
      // What was answered later may have been served across links that were open again.
      .filter(({ completion }) => completion?.type !== 'ok' || completion.timeNs < untilNs)
    return { fault, sides: sides.map((side) => sideOf(side, nodes, vocabulary, during, stale)) }
  })
}

/** A side without a majority that wrote, or that read where it is claimed to refuse. */
const isBeyond = (side: Side, claims: Claims): boolean =>
  !side.isMajority && (side.counts.writes > 0 || (claims.minority === 'refuse' && side.counts.reads > 0))

/** Who is a majority is another question while members change. */
const isDisturbed = ({ fault }: TwoSides, faults: readonly FaultRecord[]): boolean =>
  faults.some(
    ({ planned: { model, atNs }, healedAtNs }) =>
      model === 'membership' &&
      atNs < (fault.healedAtNs ?? Number.POSITIVE_INFINITY) &&
      (healedAtNs ?? Number.POSITIVE_INFINITY) > (fault.injectedAtNs as number),
  )

/** Against the claims: what served more than a minority may has failed open. */
const classOf = (side: Side, claims: Claims): Behaviour | 'fail-open' =>
  isBeyond(side, claims) ? 'fail-open' : side.behaviour

const describe = (side: Side, claims: Claims): string => {
  const { nodes, isMajority, counts } = side
  // That none was surely stale does not make them fresh: nothing is said of those.
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
      clean: all.length === 0 ? 'none lasted long enough to tell' : listCounts(classes),
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
      `a minority ${record.claims?.minority === 'refuse' ? 'refuses' : 'serves reads at most'}`,
    ),
  judge,
})
