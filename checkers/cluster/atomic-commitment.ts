/**
 * Atomic commitment (Bernstein, Hadzilacos and Goodman 1987, section 7.3; Gray and Lampson 2006, section 2), from what nodes
 * tell of their votes and decisions: all who decide decide the same (AC1); no decision is reversed (AC2), and no vote; commit
 * only if all voted yes (AC3); abort only for a reason (AC4). Who was in doubt, for how long and because of what is told.
 *
 * Nodes tell of their latest transactions only, so what no sample has seen is not judged.
 */
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import type { TransactionReport } from '../../harness/api/target.ts'
import type { TableRow } from '../../harness/api/verdict.ts'
import { formatTimeNs, NS_PER_MS } from '../../harness/support/time.ts'
import { assumed, claimed } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'
import { doubtEvidence, doubtsIn, inWords } from './in-doubt.ts'

const KINDS = [
  'decided differently',
  'decision reversed',
  'vote changed',
  'committed without all votes',
  'aborted without a reason',
] as const
type CommitmentFinding = Finding<(typeof KINDS)[number]>

const ANOMALIES: Readonly<Record<CommitmentFinding['kind'], string>> = {
  'decided differently': 'AC1: participants decide differently',
  'decision reversed': 'AC2: decision reversed',
  'vote changed': 'vote changed',
  'committed without all votes': 'AC3: commit without all votes',
  'aborted without a reason': 'AC4: abort without a reason',
}

const COLUMNS = ['at', 'told by', 'transaction', 'coordinator', 'vote', 'decision', 'why']
const PROMISE = 'transactions over several nodes commit on all of them or on none'

/** What a node told of a transaction, and when it told so first. */
interface Told {
  readonly report: TransactionReport
  readonly sample: Sample
}

type ByTransaction = ReadonlyMap<string, readonly Told[]>

/** Of each transaction: whenever a node told something else than before. */
const toldIn = (samples: readonly Sample[]): ByTransaction => {
  const told = new Map<string, Told[]>()
  for (const sample of samples)
    for (const report of sample.status?.transactions ?? []) {
      const all = told.get(report.id) ?? []
      told.set(report.id, all)
      const last = all.findLast(({ sample: { node } }) => node === sample.node)?.report
      const isSame = last?.vote === report.vote && last?.decision === report.decision
      if (last === undefined || !isSame) all.push({ report, sample })
    }
  return told
}

const rowOf = ({ report, sample: { node, timeNs } }: Told, mark: string): TableRow => {
  const { id, coordinator, vote = '', decision = '', why = '' } = report
  const cells = [formatTimeNs(timeNs), node, id, coordinator, vote, decision, why]
  return tableRow(cells, [], mark, [{ kind: 'sample', node, timeNs }])
}

const found = (kind: CommitmentFinding['kind'], shown: readonly Told[], what: string): CommitmentFinding => {
  const atNs = Math.max(...shown.map(({ sample }) => sample.timeNs))
  const id = shown[0]?.report.id ?? ''
  return {
    kind,
    text: `${id}: ${what}, told by ${formatTimeNs(atNs)}`,
    operations: [],
    atNs,
    rows: shown.map((told) => rowOf(told, kind)),
  }
}

const nodesOf = (told: readonly Told[]): readonly string[] => [
  ...new Set(told.map(({ sample }) => sample.node)),
]
const listed = (told: readonly Told[]): string => nodesOf(told).join(', ')

/** A node that tells one thing and then another. */
const reversals = (all: readonly Told[]): readonly CommitmentFinding[] =>
  [...Map.groupBy(all, ({ sample }) => sample.node)].flatMap(([node, own]) => {
    const changed = (field: 'vote' | 'decision'): readonly Told[] => {
      const said = own.filter(({ report }) => report[field] !== undefined)
      const at = said.findIndex(({ report }, i) => i > 0 && report[field] !== said[i - 1]?.report[field])
      return at < 0 ? [] : said.slice(at - 1, at + 1)
    }
    const [decisions, votes] = [changed('decision'), changed('vote')]
    const was = (told: readonly Told[], field: 'vote' | 'decision'): string =>
      told.map(({ report }) => report[field]).join(', and then ')
    return [
      ...(decisions.length === 0
        ? []
        : [found('decision reversed', decisions, `${node} decided ${was(decisions, 'decision')}`)]),
      ...(votes.length === 0 ? [] : [found('vote changed', votes, `${node} voted ${was(votes, 'vote')}`)]),
    ]
  })

const judgeOne = (all: readonly Told[]): readonly CommitmentFinding[] => {
  const commits = all.filter(({ report }) => report.decision === 'commit')
  const aborts = all.filter(({ report }) => report.decision === 'abort')
  const noes = all.filter(({ report }) => report.vote === 'no')
  const yes = new Set(nodesOf(all.filter(({ report }) => report.vote === 'yes')))
  const participants = all.flatMap(({ report }) => report.participants)
  const isReasonless =
    aborts.length > 0 &&
    all.every(({ report }) => report.why === undefined) &&
    participants.length > 0 &&
    participants.every((node) => yes.has(node))
  return [
    ...(commits.length === 0 || aborts.length === 0
      ? []
      : [
          found(
            'decided differently',
            [...commits, ...aborts],
            `${listed(commits)} decided commit, ${listed(aborts)} abort`,
          ),
        ]),
    ...reversals(all),
    ...(commits.length === 0 || noes.length === 0
      ? []
      : [
          found(
            'committed without all votes',
            [...noes, ...commits],
            `${listed(noes)} voted no, ${listed(commits)} decided commit`,
          ),
        ]),
    ...(isReasonless
      ? [found('aborted without a reason', aborts, `all voted yes, and ${listed(aborts)} decided abort`)]
      : []),
  ]
}

/** Shorter ones are how the protocol works. */
const LONG_MS = 1000

const judge = ({ samples = [], faults }: Pick<RunRecord, 'samples' | 'faults'>): Judged => {
  const told = toldIn(samples ?? [])
  const doubts = doubtsIn(samples ?? [])
  const [longest] = doubts
  const longestMs = longest === undefined ? 0 : (longest.toNs - longest.fromNs) / NS_PER_MS
  const decided = [...told.values()].filter((all) => all.some(({ report }) => report.decision !== undefined))
  const judged = conclude(
    [...told.values()].flatMap((all) => judgeOne(all)),
    {
      seen: `${decided.length} decided transactions`,
      clean: 'all who decided decided the same, and no decision was reversed',
      unproven: decided.length === 0 ? 'no node told of a decision' : null,
      kinds: KINDS,
      anomalies: ANOMALIES,
      aside:
        longestMs < LONG_MS || longest === undefined ? null : `longest in doubt: ${inWords(longest, faults)}`,
      table: { columns: COLUMNS },
      details: {
        transactions: told.size,
        decided: decided.length,
        inDoubtLong: doubts.filter(({ fromNs, toNs }) => toNs - fromNs >= LONG_MS * NS_PER_MS).length,
        longestInDoubtMs: Math.round(longestMs),
      },
    },
  )
  return { ...judged, evidence: [...judged.evidence, ...doubtEvidence(doubts, faults)] }
}

export const atomicCommitment = checkerOf({
  name: 'atomic-commitment',
  finds: 'transactions that commit on some nodes and abort on others, and how long nodes were in doubt',
  needs: ['samples'],
  applies: ({ samples }) => (samples ?? []).some(({ status }) => status?.transactions !== undefined),
  promise: (record) =>
    record.claims?.atomicCommitment === true
      ? claimed(record, PROMISE)
      : assumed(PROMISE, {
          text: 'atomic commitment, which is assumed of nodes that tell of transactions',
          toClaim: "claim `atomicCommitment` in the target's claims",
        }),
  judge,
})
