/**
 * Evidence of quorums: nodes tell, in statuses or answers, who had a decision on disk when it was made. Each must be a quorum, by the rule that the
 * target claims, of the members in force; and where members have changed, every quorum of the new ones must meet every quorum
 * of the former ones (Ongaro 2014, section 4.1), or two sides decide without each other.
 */
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import type { Fold } from '../../harness/api/verdict.ts'
import { notMeeting, systemOf } from '../../harness/quorum/describe.ts'
import { hasQuorum, MOST_NODES } from '../../harness/quorum/quorums.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { claimed } from '../promise.ts'
import { conclude, type Finding, foldingChecker, type Judged } from '../verdict.ts'
import { DECISION_COLUMNS, listed, rowOf, type Told, toldByAnswer, toldByStatus } from './decisions.ts'

const KINDS = ['no quorum', 'accepted by a stranger', 'quorums that do not meet'] as const
type QuorumFinding = Finding<(typeof KINDS)[number]>

const ANOMALIES: Readonly<Record<QuorumFinding['kind'], string>> = {
  'no quorum': 'decision without a quorum',
  'accepted by a stranger': 'decision counted a node that is no member',
  'quorums that do not meet': 'change of members without a common quorum',
}

const found = (kind: QuorumFinding['kind'], told: Told, why: string): QuorumFinding => {
  const { by, timeNs, answer, decision } = told
  const { slot, term } = decision
  return {
    kind,
    text: `slot ${slot}, term ${term}, told by ${by} at ${formatTimeNs(timeNs)}: ${why}`,
    operations: answer === null ? [] : [answer],
    atNs: timeNs,
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

/** Those that nobody believes are members all the same: others may count what they accepted. */
const membersOf = ({ samples, traitors = [] }: RunRecord): readonly string[] =>
  [...new Set([...(samples ?? []).map(({ node }) => node), ...traitors])].sort()

/** What answers tell is judged at once, since there is one of them for each operation. */
class Judging implements Fold<Judged> {
  readonly #rules: readonly string[]
  readonly #nodes: readonly string[]
  readonly #stated: readonly Told[]
  readonly #findings: QuorumFinding[]
  #answers = 0
  /** The latest that answers told. */
  #latest: readonly Told[] = []

  /** @param nodes all of the cluster */
  constructor(samples: readonly Sample[], nodes: readonly string[], rules: readonly string[]) {
    this.#rules = rules
    this.#nodes = nodes
    this.#stated = toldByStatus(samples)
    this.#findings = [
      ...this.#stated.flatMap((told) => judgeOne(told, rules)),
      ...changesIn(this.#stated).flatMap((told) => judgeChange(told, rules)),
    ]
  }

  take(pair: Pair): void {
    const told = toldByAnswer(pair, this.#nodes)
    if (told === null) return
    this.#answers++
    this.#latest = [...this.#latest.slice(1 - SHOWN), told]
    this.#findings.push(...judgeOne(told, this.#rules))
  }

  result(): Judged {
    const [statuses, changes] = [this.#stated.length, changesIn(this.#stated).length]
    const judged = conclude(this.#findings, {
      seen: `${statuses} decisions of statuses, ${this.#answers} of answers, ${changes} changes of members`,
      clean: 'each by a quorum of the members in force, and former and new quorums meet',
      unproven: statuses + this.#answers === 0 ? 'no node told who accepted what' : null,
      kinds: KINDS,
      anomalies: ANOMALIES,
      table: { columns: DECISION_COLUMNS },
      details: { decisions: statuses, answers: this.#answers, changes },
    })
    return judged.status === 'valid' ? { ...judged, evidence: [this.#shown()] } : judged
  }

  #shown(): Judged['evidence'][number] {
    const latest = [...this.#stated.slice(-SHOWN), ...this.#latest].toSorted((a, b) => a.timeNs - b.timeNs)
    const lines = latest.slice(-SHOWN).map((told) => rowOf(told).cells.join('  '))
    return {
      title: `the latest decisions, of ${this.#stated.length + this.#answers}`,
      text: [DECISION_COLUMNS.join('  '), ...lines].join('\n'),
      operations: [],
      isAllowed: true,
      isRecord: true,
    }
  }
}

/** Clients that tell who accepted what do so from the beginning. */
const LOOKED_AT = 1000

const isToldByAnswers = ({ pairs }: RunRecord): boolean => {
  for (let at = 0; at < Math.min(LOOKED_AT, pairs.length); at++)
    if (toldByAnswer(pairs.at(at) as Pair, []) !== null) return true
  return false
}

const isTold = (record: RunRecord): boolean =>
  (record.samples ?? []).some(({ status }) => status?.decisions !== undefined) || isToldByAnswers(record)

export const quorums = foldingChecker({
  name: 'quorums',
  finds: 'decisions without a quorum, and changes of members whose quorums do not meet',
  needs: ['history', 'samples', 'claims'],
  applies: (record) => record.claims?.quorums !== undefined && isTold(record),
  whyNot: (record) =>
    record.claims?.quorums === undefined && isTold(record)
      ? 'Decisions were not judged by who accepted them: the target does not claim which sets of nodes decide (`quorums`).'
      : null,
  promise: (record) =>
    claimed(record, `what is decided was accepted by a quorum: ${(record.claims?.quorums ?? []).join('; ')}`),
  fold: (record) => new Judging(record.samples ?? [], membersOf(record), record.claims?.quorums ?? []),
})
