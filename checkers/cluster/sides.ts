/**
 * What each side of a partition did while it lasted, told from the clients: served reads (of registers, which of them were
 * stale), served writes, refused, hung; and whether that is what the target claims of a minority. A side is a set of nodes that reach each other both ways; shapes
 * in which every node reaches a majority (rings, bridges) have no sides, and are left out.
 */
import type { Claims } from '../../harness/api/claims.ts'
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { Checker, Evidence } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { pairOperations } from '../../harness/history/pairs.ts'
import { definitionOf, mayChange } from '../../harness/vocabularies/vocabulary.ts'
import { countBy, type Judged } from '../checker-of.ts'
import { staleReads } from '../data/stale-reads.ts'
import { promised } from '../promise.ts'

/** After the cut a leader of old may still answer what a quorum granted it before. */
const GRACE_NS = 1.5e9

export type Behaviour =
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

interface Counts {
  reads: number
  /** Of the reads, those that were surely stale. */
  stale: number
  writes: number
  refused: number
  hung: number
}

export interface Side {
  readonly nodes: readonly string[]
  readonly isMajority: boolean
  readonly counts: Readonly<Counts>
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

/** The links that a partition cut, by its own word: `n1>n2 n2>n1`. */
const cutLinks = ({ effects }: FaultRecord): ReadonlySet<string> => {
  const links = effects.at(-1)?.measurements.links
  return new Set(typeof links === 'string' ? links.split(' ').filter(Boolean) : [])
}

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

const behaviourOf = ({ reads, writes, refused, hung }: Counts): Behaviour => {
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
  const counts: Counts = { reads: 0, stale: 0, writes: 0, refused: 0, hung: 0 }
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

interface Told {
  readonly fault: FaultRecord
  readonly sides: readonly Side[]
}

/** Of each partition into sides that lasted longer than the grace, what each did. */
export const behaviours = (record: RunRecord): readonly Told[] => {
  const { history, vocabulary, faults, samples, services } = record
  if (vocabulary === null) return []
  const nodes = [...new Set((samples ?? []).map(({ node }) => node))].sort()
  const pairs = pairOperations(history).filter((pair) => !isServedBeside(pair, services))
  const stale = staleReads(pairs)
  return (faults ?? []).flatMap((fault) => {
    const { injectedAtNs, healedAtNs = Number.POSITIVE_INFINITY, bit, planned } = fault
    if (planned.nemesis !== 'partition' || !bit || injectedAtNs === undefined) return []
    // The heal never begins before its time, and is only told of once it is over.
    const untilNs = Math.min(healedAtNs, planned.atNs + planned.durationNs)
    const sides = sidesOf(nodes, cutLinks(fault))
    if (sides.length < 2) return []
    const during = pairs.filter(
      ({ invocation, completion }) =>
        isUse(vocabulary, invocation) &&
        invocation.timeNs > injectedAtNs + GRACE_NS &&
        invocation.timeNs < untilNs &&
        // What was answered later may have been served across links that were open again.
        (completion?.type !== 'ok' || completion.timeNs < untilNs),
    )
    return [{ fault, sides: sides.map((side) => sideOf(side, nodes, vocabulary, during, stale)) }]
  })
}

/** A side without a majority that wrote, or that read where it is claimed to refuse. */
const isBeyond = (side: Side, claims: Claims): boolean =>
  !side.isMajority && (side.counts.writes > 0 || (claims.minority === 'refuse' && side.counts.reads > 0))

/** Who is a majority is another question while members change. */
const isDisturbed = ({ fault }: Told, faults: readonly FaultRecord[]): boolean =>
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

const evidenceOf = (judged: readonly Told[], claims: Claims): Evidence => ({
  title: 'What each side of each partition did',
  text: judged
    .map(({ fault, sides }) =>
      [fault.planned.id, ...sides.map((side) => `  ${describe(side, claims)}`)].join('\n'),
    )
    .join('\n'),
  operations: [],
})

const judge = (record: RunRecord): Judged => {
  const claims = record.claims as Claims
  const all = behaviours(record).filter((judged) => !isDisturbed(judged, record.faults ?? []))
  const counts = countBy(
    all.flatMap(({ sides }) => sides),
    (side) => `${side.isMajority ? 'majority' : 'minority'} ${classOf(side, claims)}`,
  )
  const beyond = all.filter(({ sides }) => sides.some((side) => isBeyond(side, claims)))
  const evidence = all.length === 0 ? [] : [evidenceOf(beyond.length > 0 ? beyond : all, claims)]
  const told = Object.entries(counts)
    .map(([name, count]) => `${name} (${count})`)
    .join(', ')
  if (beyond.length > 0)
    return {
      status: 'invalid',
      summary: `A side without a majority failed open in ${beyond[0]?.fault.planned.id}: ${(
        beyond[0]?.sides ?? []
      )
        .filter((side) => isBeyond(side, claims))
        .map((side) => describe(side, claims))
        .join('; ')}.`,
      evidence,
      details: counts,
    }
  return {
    status: 'valid',
    summary:
      all.length === 0
        ? 'No partition made sides that lasted long enough to tell.'
        : `Sides of ${all.length} partitions: ${told}.`,
    evidence,
    details: counts,
  }
}

export const sides: Checker = {
  name: 'sides',
  finds: 'minorities that serve more than was claimed (fail-open)',
  needs: ['history', 'vocabulary', 'faults', 'samples', 'claims'],
  applies: (record) => behaviours(record).length > 0,
  check: async (record) => ({
    checker: 'sides',
    promise: promised(
      record,
      `a minority ${record.claims?.minority === 'refuse' ? 'refuses' : 'serves reads at most'}`,
    ),
    ...judge(record),
  }),
}
