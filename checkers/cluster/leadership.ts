/**
 * Election safety, as the nodes report it: at most one leader per term (Raft paper, section 5.2); the term of a node never
 * goes back, not even across a restart; nodes that know a leader in a term know the same leader.
 */
import type { RunRecord } from '../../harness/api/record.ts'
import type { NodeReport, OddNode } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { claimed } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'
import { LeadershipFollower } from './leadership-follower.ts'
import { leaderBy, type Said, saidOf } from './said.ts'

const KINDS = ['two leaders in one term', 'a term that goes back'] as const
type ElectionFinding = Finding<(typeof KINDS)[number]>

const reportOf = ({ timeNs, status }: Said): NodeReport => ({
  timeNs,
  text: `${status.role} in term ${status.term}, leader ${status.leader ?? 'unknown'}`,
})

const found = (
  kind: ElectionFinding['kind'],
  text: string,
  said: readonly Said[],
  odd: OddNode,
): ElectionFinding => ({
  kind,
  text,
  proof: said
    .map((each) => `${formatTimeNs(each.timeNs).padStart(10)}  ${each.node}  ${reportOf(each).text}`)
    .join('\n'),
  odd: [odd],
  operations: said.flatMap(({ operation }) => operation ?? []),
  atNs: Math.max(...said.map(({ timeNs }) => timeNs)),
  rows: said.map(({ node, timeNs, status, operation }) =>
    tableRow(
      [formatTimeNs(timeNs), node, status.role, status.term, status.leader ?? 'unknown'],
      operation === undefined ? [] : [operation],
      kind,
      operation === undefined ? [{ kind: 'sample', node, timeNs }] : [],
    ),
  ),
})

/** The leader of the later report, since the last report that it gave in another term. */
const laterLeader = (all: readonly Said[], known: Said, said: Said): OddNode => {
  const node = leaderBy(said) ?? said.node
  const { term } = said.status
  const before = all.findLast(
    (each) => each.node === node && each.timeNs < said.timeNs && each.status.term !== term,
  )
  const ownText = node === said.node ? reportOf(said).text : `${said.node} says that it leads term ${term}`
  const otherText = `, which ${leaderBy(known)} led according to ${known.node} at ${formatTimeNs(known.timeNs)}`
  return {
    node,
    good: before === undefined ? null : reportOf(before),
    bad: { timeNs: said.timeNs, text: `${ownText}${otherText}` },
  }
}

const twoLeaders = (all: readonly Said[]): ElectionFinding | null => {
  const first = new Map<number, Said>()
  for (const said of all) {
    const { term } = said.status
    if (leaderBy(said) === null) continue
    const known = first.get(term)
    if (known === undefined) first.set(term, said)
    else if (leaderBy(known) !== leaderBy(said)) {
      const text = `term ${term}: ${known.node} reports leader ${leaderBy(known)}, ${said.node} reports leader ${leaderBy(said)}`
      return found('two leaders in one term', text, [known, said], laterLeader(all, known, said))
    }
  }
  return null
}

/**
 * Whether a fault may have taken away the data of the node, or replaced it by a new member with the same name. Such a fault
 * acts while it is being injected, so its time begins at the planned start. A fault that failed midway has no victims.
 */
const mayStartAnew = (faults: RunRecord['faults'], node: string, fromNs: number, toNs: number): boolean =>
  (faults ?? []).some(
    ({ planned: { model, atNs }, victims, healedAtNs }) =>
      (model === 'membership' || model === 'data-loss') &&
      (victims.length === 0 || victims.includes(node)) &&
      atNs < toNs &&
      (healedAtNs ?? Number.POSITIVE_INFINITY) > fromNs,
  )

/** Compares two reports of a node where the second was certainly read after the first had arrived. */
const termBack = (all: readonly Said[], faults: RunRecord['faults']): ElectionFinding | null => {
  const arrived = all.toSorted((a, b) => a.timeNs - b.timeNs)
  const highest = new Map<string, Said>()
  let next = 0
  for (const said of all.toSorted((a, b) => a.sinceNs - b.sinceNs)) {
    for (; next < arrived.length && (arrived[next] as Said).timeNs < said.sinceNs; next++) {
      const earlier = arrived[next] as Said
      const known = highest.get(earlier.node)
      if (known === undefined || earlier.status.term >= known.status.term) highest.set(earlier.node, earlier)
    }
    const before = highest.get(said.node)
    if (before === undefined || said.status.term >= before.status.term) continue
    if (mayStartAnew(faults, said.node, before.timeNs, said.timeNs)) {
      highest.set(said.node, said)
      continue
    }
    const text = `the term of ${said.node} goes back from ${before.status.term} to ${said.status.term}`
    return found('a term that goes back', text, [before, said], {
      node: said.node,
      good: reportOf(before),
      bad: reportOf(said),
    })
  }
  return null
}

interface Heard {
  readonly faults: RunRecord['faults']
  /** Why an empty result proves nothing; null: it is a proof. */
  readonly unproven: string | null
  /** Whether a report may come from an older state. */
  readonly mayBeOld: boolean
}

const firstNs = (findings: readonly ElectionFinding[], kind: ElectionFinding['kind']): number =>
  findings.find((each) => each.kind === kind)?.atNs ?? Number.MAX_VALUE

export const judgeElections = (all: readonly Said[], { faults, unproven, mayBeOld }: Heard): Judged => {
  const terms = new Set(all.map(({ status }) => status.term)).size
  const findings = [twoLeaders(all), termBack(all, faults)].filter((each) => each !== null)
  return conclude(findings, {
    seen: `${all.length} statuses, ${terms} terms`,
    clean: 'never two leaders in one term, and no term went back',
    unproven,
    // The earliest is the closest to the cause.
    kinds: KINDS.toSorted((a, b) => firstNs(findings, a) - firstNs(findings, b)),
    anomalies: {
      'two leaders in one term': 'two leaders in one term',
      'a term that goes back': 'term goes back',
    },
    firstOnly: true,
    table: { columns: ['at', 'node', 'role', 'term', 'leader that it knows'] },
    allows: (kind) => mayBeOld && kind === 'a term that goes back',
    details: { statuses: all.length, terms },
  })
}

export const leadership = checkerOf({
  name: 'leadership',
  judgesBeginnings: true,
  finds: 'two leaders in one term and terms that go back, as the nodes report them',
  needs: ['samples', 'claims'],
  applies: ({ claims }) => claims?.tellsElections === true,
  whyNot: ({ claims, samples }) =>
    claims === null || !samples?.some(({ status }) => status?.term !== undefined)
      ? null
      : 'Elections were not judged by the status of the nodes: the target does not claim that it tells them (`tellsElections`).',
  promise: (record) => claimed(record, 'one leader per term; terms never go back'),
  follow: ({ claims }) => (claims?.tellsElections === true ? new LeadershipFollower() : null),
  judge: ({ samples, faults }) => {
    const all = saidOf(samples ?? [])
    const unproven = all.length === 0 ? 'no node reported its term' : null
    return judgeElections(all, { faults, unproven, mayBeOld: false })
  },
})
