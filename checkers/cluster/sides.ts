/**
 * Whether a minority that a partition cut off served more than the target claims. Judged are only calls that a node of the
 * minority certainly served, according to the answer itself (`meta.servedBy`): the node that was asked proves nothing, since
 * clients and services may reach the other side. Where a coordinator beside the cluster may have allowed it, nothing is
 * judged. What each side did is told by `partitions.ts` in any case.
 */
import type { Claims, MinorityClaim } from '../../harness/api/claims.ts'
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { Evidence, TableRow } from '../../harness/api/verdict.ts'
import { claimed } from '../promise.ts'
import { tableRow, tableView } from '../table-view.ts'
import { checkerOf, conclude, countBy, type Finding, type Judged, listCounts } from '../verdict.ts'
import { cutLinks, describeSide, partitionsIn, type Side, type SidesSeen, sidesSeen } from './partitions.ts'

const SHOWN_OPERATIONS = 20

/** What a minority must not serve; null: nothing can break the claim. */
const FORBIDS: Readonly<Record<MinorityClaim, { readonly reads: boolean; readonly words: string } | null>> = {
  refuse: { reads: true, words: 'refuses' },
  'serve-reads': { reads: false, words: 'serves at most reads' },
  'serve-all': null,
  'ask-coordinator': null,
}

const forbiddenBy = ({ minority }: Claims): (typeof FORBIDS)[MinorityClaim] =>
  minority === undefined ? null : FORBIDS[minority]

const isBeyond = ({ isMajority, reads, writes }: Side, claims: Claims): boolean =>
  !isMajority && (writes > 0 || (forbiddenBy(claims)?.reads === true && reads > 0))

/** Whether a node of the side still reached one of these services. */
const reachesOne = ({ nodes }: Side, { fault }: SidesSeen, services: readonly string[]): boolean => {
  const cut = cutLinks(fault)
  return services.some((service) =>
    nodes.some((node) => !cut.has(`${node}>${service}`) && !cut.has(`${service}>${node}`)),
  )
}

/** While members change, it is not known which side is the majority. */
const isDisturbed = ({ fault }: SidesSeen, faults: readonly FaultRecord[]): boolean =>
  faults.some(
    ({ planned: { model, atNs }, healedAtNs }) =>
      model === 'membership' &&
      atNs < (fault.healedAtNs ?? Number.POSITIVE_INFINITY) &&
      (healedAtNs ?? Number.POSITIVE_INFINITY) > (fault.injectedAtNs as number),
  )

/** Services beside the cluster that may decide for it. Those whose log is part of the record are the outside world. */
const coordinatorsOf = ({ facts, services }: RunRecord): readonly string[] =>
  (facts?.services ?? []).filter((name) => !Object.hasOwn(services ?? {}, name))

/** Whether the answers say enough about the minorities of the partition: something was asked of one and is attributed. */
const isAttributed = ({ isMajority, reads, writes, refused, hung, unattributed }: Side): boolean =>
  !isMajority && (reads + writes > 0 || (unattributed === 0 && refused + hung > 0))

/** Why nothing was judged, although there were partitions into sides; null: something was. */
const whyNot = (record: RunRecord): string | null => {
  const { claims } = record
  const seen = judgedOf(record)
  if (claims === null || claims.minority === undefined)
    return 'the target claims nothing about it (`minority` in its claims)'
  if (FORBIDS[claims.minority] === null) return `${claims.minority} is claimed, which no answer can break`
  if (seen.length === 0)
    return 'no partition into sides was proved and then lasted long enough (longer faults are needed)'
  const coordinators = coordinatorsOf(record)
  if (coordinators.length > 0 && seen.every(({ sides }) => sides.every(({ isMajority }) => isMajority)))
    return `${coordinators.join(', ')} beside the cluster may have allowed what it served (claim \`minority: 'ask-coordinator'\` if that is so)`
  if (seen.every(({ sides }) => !sides.some(isAttributed)))
    return 'no answer named the node that served it (`meta.servedBy` of the client), or no minority was asked'
  return null
}

/** Without the minorities that a coordinator beside the cluster may have allowed to serve. */
const judgedOf = (record: RunRecord): readonly SidesSeen[] => {
  const coordinators = coordinatorsOf(record)
  return sidesSeen(record)
    .filter((seen) => !isDisturbed(seen, record.faults ?? []))
    .map((seen) => ({
      ...seen,
      sides: seen.sides.filter((side) => side.isMajority || !reachesOne(side, seen, coordinators)),
    }))
}

const classOf = (side: Side, claims: Claims): string =>
  isBeyond(side, claims) ? 'fail-open' : side.behaviour

const tableOf = ({ fault, sides }: SidesSeen, claims: Claims): string =>
  [fault.planned.id, ...sides.map((side) => `  ${describeSide(side, classOf(side, claims))}`)].join('\n')

const TABLE = {
  columns: [
    'fault',
    'side',
    'is',
    'behaviour',
    'reads',
    'certainly stale',
    'writes',
    'served by an unnamed node',
    'refused',
    'hung',
  ],
}

const rowsOf = ({ fault, sides: all }: SidesSeen, claims: Claims): readonly TableRow[] =>
  all.map((side) => {
    const { nodes, isMajority, reads, stale, writes, unattributed, refused, hung, served } = side
    const is = isMajority ? 'majority' : 'minority'
    const counts = [reads, stale, writes, unattributed, refused, hung]
    return tableRow(
      [fault.planned.id, nodes.join(' '), is, classOf(side, claims), ...counts],
      served,
      isBeyond(side, claims) ? 'fail-open' : undefined,
      [{ kind: 'fault', id: fault.planned.id }],
    )
  })

type FailedOpen = Finding<'a side without a majority failed open'>

const found = (seen: SidesSeen, claims: Claims): readonly FailedOpen[] => {
  const beyond = seen.sides.filter((side) => isBeyond(side, claims))
  if (beyond.length === 0) return []
  return [
    {
      kind: 'a side without a majority failed open',
      text: `${seen.fault.planned.id}: ${beyond.map((side) => describeSide(side, 'fail-open')).join('; ')}`,
      proof: tableOf(seen, claims),
      operations: beyond.flatMap(({ served }) => served).slice(0, SHOWN_OPERATIONS),
      rows: rowsOf(seen, claims),
    },
  ]
}

const judge = (record: RunRecord): Judged => {
  const claims = record.claims as Claims
  const all = judgedOf(record)
  const classes = countBy(
    all.flatMap(({ sides }) => sides),
    (side) => `${side.isMajority ? 'majority' : 'minority'} ${classOf(side, claims)}`,
  )
  const judged = conclude(
    all.flatMap((each) => found(each, claims)),
    {
      seen: `${all.length} partitions into sides`,
      clean: listCounts(classes),
      unproven: null,
      kinds: ['a side without a majority failed open'],
      anomalies: { 'a side without a majority failed open': 'fail-open minority' },
      table: TABLE,
      details: classes,
    },
  )
  const shown: Evidence = {
    title: 'What each side of each partition did',
    text: all.map((each) => tableOf(each, claims)).join('\n'),
    operations: [],
    view: tableView(
      TABLE,
      all.flatMap((each) => rowsOf(each, claims)),
    ),
  }
  return judged.evidence.length === 0 ? { ...judged, evidence: [shown] } : judged
}

export const sides = checkerOf({
  name: 'sides',
  finds: 'minorities that serve more than was claimed (fail-open)',
  needs: ['history', 'vocabulary', 'faults', 'samples', 'claims'],
  applies: (record) => partitionsIn(record).length > 0 && whyNot(record) === null,
  whyNot: (record) => {
    if (partitionsIn(record).length === 0) return null
    return `What a minority served was told and not judged: ${whyNot(record)}.`
  },
  promise: (record) =>
    claimed(record, `a minority ${forbiddenBy(record.claims as Claims)?.words ?? 'may serve anything'}`),
  judge,
})
