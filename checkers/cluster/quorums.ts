/**
 * Evidence of quorums: nodes tell who had a decision on disk when it was made. Each must be a quorum, by the rule that the
 * target claims, of the members in force; and where members have changed, every quorum of the new ones must meet every quorum
 * of the former ones (Ongaro 2014, section 4.1), or two sides decide without each other.
 */
import type { Sample } from '../../harness/api/record.ts'
import type { Decision } from '../../harness/api/target.ts'
import type { TableRow } from '../../harness/api/verdict.ts'
import { notMeeting, systemOf } from '../../harness/quorum/describe.ts'
import { hasQuorum, MOST_NODES } from '../../harness/quorum/quorums.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { claimed } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'

const KINDS = ['no quorum', 'accepted by a stranger', 'quorums that do not meet'] as const
type QuorumFinding = Finding<(typeof KINDS)[number]>

const ANOMALIES: Readonly<Record<QuorumFinding['kind'], string>> = {
  'no quorum': 'decision without a quorum',
  'accepted by a stranger': 'decision counted a node that is no member',
  'quorums that do not meet': 'change of members without a common quorum',
}

const COLUMNS = ['at', 'told by', 'slot', 'term', 'accepted by', 'members']

/** A decision, and who told of it first. */
interface Told {
  readonly decision: Decision
  readonly sample: Sample
}

const decisionsIn = (samples: readonly Sample[]): readonly Told[] => {
  const told = new Map<string, Told>()
  for (const sample of samples)
    for (const decision of sample.status?.decisions ?? []) {
      const name = `${sample.node} ${decision.term} ${decision.slot}`
      if (!told.has(name)) told.set(name, { decision, sample })
    }
  return [...told.values()]
}

const listed = (nodes: readonly string[]): string => nodes.join(', ')

const rowOf = ({ decision, sample }: Told, mark?: string): TableRow =>
  tableRow(
    [
      formatTimeNs(sample.timeNs),
      sample.node,
      decision.slot,
      decision.term,
      listed(decision.acceptedBy),
      listed(decision.members),
    ],
    [],
    mark,
    [{ kind: 'sample', node: sample.node, timeNs: sample.timeNs }],
  )

const found = (kind: QuorumFinding['kind'], told: Told, why: string): QuorumFinding => {
  const { sample, decision } = told
  const { slot, term } = decision
  return {
    kind,
    text: `slot ${slot}, term ${term}, told by ${sample.node} at ${formatTimeNs(sample.timeNs)}: ${why}`,
    operations: [],
    atNs: sample.timeNs,
    rows: [rowOf(told, kind)],
  }
}

/** By the last of the claimed quorums: earlier ones are of phases before the decision, such as an election. */
const judgeOne = (told: Told, rules: readonly string[]): readonly QuorumFinding[] => {
  const { acceptedBy, members } = told.decision
  const strangers = acceptedBy.filter((node) => !members.includes(node))
  const rule = rules.at(-1) as string
  const { formula } = systemOf(rule, members)
  const accepted = new Set(acceptedBy.filter((node) => members.includes(node)))
  return [
    ...(strangers.length === 0
      ? []
      : [found('accepted by a stranger', told, `${listed(strangers)} is none of ${listed(members)}`)]),
    ...(hasQuorum(formula, accepted)
      ? []
      : [
          found(
            'no quorum',
            told,
            `accepted by ${listed(acceptedBy)}, which is no ${rule} (${listed(members)})`,
          ),
        ]),
  ]
}

/** Changes of members, each once. */
const changesIn = (all: readonly Told[]): readonly Told[] => {
  const changes = new Map<string, Told>()
  for (const told of all) {
    const { members, formerMembers } = told.decision
    if (formerMembers === undefined) continue
    const name = `${[...formerMembers].sort()} ${[...members].sort()}`
    if (!changes.has(name)) changes.set(name, told)
  }
  return [...changes.values()]
}

/** The rules of which each quorum of the one must meet each of the other: of several, as of phases, only different ones. */
const phasesOf = (rules: readonly string[]): readonly (readonly [string, string])[] =>
  rules.length === 1
    ? rules.map((rule) => [rule, rule])
    : rules.flatMap((former, i) =>
        rules.flatMap((present, j) => (i === j ? [] : [[former, present] as const])),
      )

const judgeChange = (told: Told, rules: readonly string[]): readonly QuorumFinding[] => {
  const { members, formerMembers = members } = told.decision
  if (new Set([...members, ...formerMembers]).size > MOST_NODES) return []
  return phasesOf(rules).flatMap(([former, present]) => {
    const apart = notMeeting([systemOf(former, formerMembers), systemOf(present, members)])
    const why = `members changed from ${listed(formerMembers)} to ${listed(members)}: of their quorums, ${apart} share no node`
    return apart === null ? [] : [found('quorums that do not meet', told, why)]
  })
}

/** Of those that are shown if nothing is wrong. */
const SHOWN = 10

const judge = (samples: readonly Sample[], rules: readonly string[]): Judged => {
  const all = decisionsIn(samples)
  const changes = changesIn(all)
  const findings = [
    ...all.flatMap((told) => judgeOne(told, rules)),
    ...changes.flatMap((told) => judgeChange(told, rules)),
  ]
  const judged = conclude(findings, {
    seen: `${all.length} decisions, ${changes.length} changes of members`,
    clean: 'each by a quorum of the members in force, and former and new quorums meet',
    unproven: all.length === 0 ? 'no node told who accepted what' : null,
    kinds: KINDS,
    anomalies: ANOMALIES,
    table: { columns: COLUMNS },
    details: { decisions: all.length, changes: changes.length },
  })
  if (judged.status !== 'valid') return judged
  const lines = all.slice(-SHOWN).map((told) => rowOf(told).cells.join('  '))
  const text = [COLUMNS.join('  '), ...lines].join('\n')
  return {
    ...judged,
    evidence: [
      {
        title: `the latest decisions, of ${all.length}`,
        text,
        operations: [],
        isAllowed: true,
        isRecord: true,
      },
    ],
  }
}

export const quorums = checkerOf({
  name: 'quorums',
  finds: 'decisions without a quorum, and changes of members whose quorums do not meet',
  needs: ['samples', 'claims'],
  applies: ({ samples, claims }) =>
    claims?.quorums !== undefined && (samples ?? []).some(({ status }) => status?.decisions !== undefined),
  whyNot: ({ samples, claims }) =>
    claims?.quorums === undefined && (samples ?? []).some(({ status }) => status?.decisions !== undefined)
      ? 'Decisions were not judged by who accepted them: the target does not claim which sets of nodes decide (`quorums`).'
      : null,
  promise: (record) =>
    claimed(record, `what is decided was accepted by a quorum: ${(record.claims?.quorums ?? []).join('; ')}`),
  judge: ({ samples, claims }) => judge(samples ?? [], claims?.quorums ?? []),
})
