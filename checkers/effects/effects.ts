/**
 * Did every acknowledged request take effect in the outside world exactly once? The requests of the clients, the cluster's
 * own log and the log of the sink are joined into a ledger with one row per key. For each lost request it shows where it
 * was lost: before the cluster's log, or between that log and the sink.
 *
 * With a naive sink no cluster can promise more than at-least-once (a crash between the effect and its record repeats the
 * effect), and a fencing token does not stop a duplicate with the same token. So the promise depends on the mode of the
 * sink, and duplicates that it allows are counted and shown, but do not make the verdict worse. In every mode this holds:
 * no acknowledged request is lost after the cluster had time to perform it, and a request that was never made or that was
 * refused has no effect.
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, TableRow } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { NS_PER_MS } from '../../harness/support/time.ts'
import {
  EFFECTS,
  type LedgerResult,
  type PendingResult,
  SINK,
  type SinkLine,
  type SinkMode,
} from '../../harness/vocabularies/effects.ts'
import { JOB_QUEUE } from '../../harness/vocabularies/job-queue.ts'
import { OUTBOX } from '../../harness/vocabularies/outbox.ts'
import { SCHEDULE } from '../../harness/vocabularies/schedule.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { conclude, finding, foldingChecker, type Judged, notJudged } from '../verdict.ts'
import { EffectsFollower } from './effects-follower.ts'
import { auditLedger, type LedgerRow, type Logs, lastAnswer } from './ledger.ts'
import { LedgerColumns, TROUBLES, type Trouble } from './ledger-columns.ts'

/** How many of the duplicates each kind of sink would have stopped. */
const savedBy = ({ extra, staleExtra }: LedgerColumns): string =>
  `a sink that deduplicates by key would have stopped all ${extra} of them, one that fences by token ${staleExtra}`

/** Empty if the cluster was not asked. */
const byTheCluster = ({ cluster }: LedgerRow): string => {
  if (cluster === undefined) return ''
  if (cluster === null) return "; the cluster's log does not contain it"
  const { acceptedAt, doneAt, worker } = cluster
  const done = doneAt === null ? 'not done' : `done at position ${doneAt}, as worker "${worker}" reported`
  return `; the cluster's log has it accepted at position ${acceptedAt}, ${done}`
}

const timesText = (count: number): string => (count === 1 ? 'once' : `${count} times`)

const COLUMNS = ['key', 'request', 'asked', "the cluster's log", 'effects', 'stopped by the sink']

/** As a row of the ledger; of many effects, the first ones. */
const ledgerRow = (row: LedgerRow, trouble?: Trouble): TableRow => {
  const { key, asked, submissions, acknowledged, cluster, effects, stopped } = row
  const own =
    cluster === undefined
      ? 'not asked'
      : cluster === null
        ? 'not in it'
        : cluster.doneAt === null
          ? 'accepted'
          : 'done'
  const acted = effects.map(({ seq, worker, token }) => `#${seq} by ${worker}, token ${token}`)
  return tableRow(
    [
      key,
      asked === null ? 'nobody asked' : `resource ${asked.resource}, version ${asked.version}`,
      `${timesText(submissions.length)}${acknowledged ? ', acknowledged' : ''}`,
      own,
      acted.length === 0 ? 'none' : `${acted.length}: ${acted.join('; ')}`,
      stopped,
    ],
    submissions.map(({ invocation }) => invocation.index),
    trouble,
    effects.map(({ seq }) => ({ kind: 'effect', service: SINK, number: seq })),
  )
}

const ANOMALIES: Readonly<Record<Trouble, string>> = {
  lost: 'lost effect',
  'done without an effect': 'done without an effect',
  'change without a message': 'lost message',
  phantom: 'effect nobody asked for',
  'effect of a refused request': 'effect of a refused request',
  'payload mismatch': 'wrong effect',
  duplicated: 'duplicate effect',
  'overwrites a newer one': 'old effect over a newer one',
  'out of order': 'effects out of order',
  'stale token': 'stale token',
}

const describe = (row: LedgerRow): string => {
  const { key, asked: request, submissions, acknowledged, effects, stopped } = row
  const what = request === null ? '' : ` (resource ${request.resource}, version ${request.version})`
  const asked = `asked ${timesText(submissions.length)}${acknowledged ? ', acknowledged' : ''}`
  const acted = effects.map(
    ({ seq, worker, token, attempt }) => `#${seq} by ${worker} (token ${token}, attempt ${attempt})`,
  )
  return `${`${key}${what}`.padEnd(10)} ${asked}${byTheCluster(row)}; ${effects.length} ${effects.length === 1 ? 'effect' : 'effects'}${acted.length === 0 ? '' : `: ${acted.join(', ')}`}${stopped === 0 ? '' : `; the sink stopped ${stopped}`}`
}

/** What no promise allows. */
const NEVER: ReadonlySet<Trouble> = new Set(['phantom', 'effect of a refused request', 'payload mismatch'])
const AT_LEAST_ONCE: ReadonlySet<Trouble> = new Set([
  'lost',
  'done without an effect',
  'change without a message',
])
const AT_MOST_ONCE: ReadonlySet<Trouble> = new Set(['duplicated', 'overwrites a newer one'])

interface Kept {
  readonly finds: string
  readonly vocabulary: Vocabulary
  /** The call that the promise is for. */
  readonly f: string
  /** Whether the effects on one resource must come in the order of the versions. */
  readonly inOrder: boolean
}

const allows = (promise: PromiseName, mode: SinkMode, { inOrder }: Kept, trouble: Trouble): boolean =>
  !NEVER.has(trouble) &&
  !(inOrder && trouble === 'out of order') &&
  !(promise !== 'at-most-once' && AT_LEAST_ONCE.has(trouble)) &&
  !(promise !== 'at-least-once' && AT_MOST_ONCE.has(trouble)) &&
  !(mode === 'fencing' && trouble === 'stale token')

/** While the run goes on, a refused request may be repeated: then its effect may be that of the later call. */
const troublesIn = ({ isUnderWay }: RunRecord): readonly Trouble[] =>
  isUnderWay ? TROUBLES.filter((trouble) => trouble !== 'effect of a refused request') : TROUBLES

const MISSING: readonly Trouble[] = ['lost', 'done without an effect', 'change without a message']

/**
 * When the last effect of a row took place: clients may have got their answers before it or after it. Nothing if no effect is
 * the trouble, or if the record does not tell when the run began.
 */
const effectTime = (
  { effects }: LedgerRow,
  trouble: Trouble,
  { facts }: RunRecord,
): { readonly atNs?: number } => {
  const zeroMs = Date.parse(facts?.zeroAt ?? '')
  const last = Math.max(...effects.map(({ clockMs }) => clockMs))
  const atNs = (last - zeroMs) * NS_PER_MS
  return MISSING.includes(trouble) || !Number.isFinite(atNs) ? {} : { atNs: Math.max(0, atNs) }
}

const judge = (
  record: RunRecord,
  columns: LedgerColumns,
  { promise, ...kept }: Kept & { readonly promise: PromiseName },
): Judged => {
  const lines = (record.services?.[SINK] ?? []) as Sequence<SinkLine>
  const start = lines.find((line) => line.type === 'start')
  if (start === undefined) return notJudged('the sink kept no log (it died, or there was none)')
  const { pairs } = record
  // Clients ask only after the last heal, until nothing is pending or the time limit is reached.
  const left = lastAnswer<PendingResult>(pairs, 'pending')
  const logs: Logs = { pairs, lines, own: lastAnswer<LedgerResult>(pairs, 'ledger') }
  for (const line of lines) columns.line(line)
  if (logs.own !== null) columns.ledger(logs.own)
  const ledger = auditLedger(columns, logs, left !== null)
  const { requests, acknowledged } = ledger
  const { effects, stopped } = columns
  const saved = columns.extra === 0 ? null : savedBy(columns)
  const kinds = troublesIn(record)
  const findings = kinds.flatMap((kind) =>
    ledger.of(kind).map((row) => ({
      ...finding(kind, describe(row), row.submissions, [ledgerRow(row, kind)]),
      ...effectTime(row, kind, record),
    })),
  )
  return conclude(findings, {
    seen: `${acknowledged} acknowledged requests, ${effects} effects in a ${start.mode} sink`,
    clean: 'none lost',
    unproven:
      left === null
        ? 'no client asked at the end what was still pending'
        : acknowledged === 0
          ? 'no request was acknowledged'
          : null,
    kinds: TROUBLES,
    counts: Object.fromEntries(kinds.map((kind) => [kind, ledger.count(kind)])),
    allows: (trouble) => allows(promise, start.mode, kept, trouble),
    aside: saved,
    note: (kind) => (kind === 'duplicated' ? saved : null),
    anomalies: ANOMALIES,
    missing: MISSING,
    table: {
      columns: COLUMNS,
      fine: ledger.fine,
      fineRows: () => ledger.fineRows().map((row) => ledgerRow(row)),
      hasOneRowEach: true,
    },
    details: {
      mode: start.mode,
      requests,
      acknowledged,
      effects,
      stoppedBySink: stopped,
      stillPending: left?.pending.length ?? null,
    },
  })
}

const checker = (name: string, kept: Kept): Checker =>
  foldingChecker({
    name,
    finds: kept.finds,
    needs: ['history', 'services'],
    promise: promisedOf(kept.vocabulary, null, [kept.f]),
    follow: (record) => {
      const { name: promise } = promiseOf(record, kept.vocabulary, kept.f)
      return new EffectsFollower((trouble, mode) => !allows(promise, mode, kept, trouble))
    },
    fold: (record) => {
      const columns = new LedgerColumns()
      return {
        take: (pair, place) => columns.pair(pair, place),
        result: () =>
          judge(record, columns, { ...kept, promise: promiseOf(record, kept.vocabulary, kept.f).name }),
      }
    },
  })

export const effects = checker('effects', {
  finds:
    'requests lost, duplicated, or out of nowhere in the outside world; effects of refused requests; stale tokens',
  vocabulary: EFFECTS,
  f: 'submit',
  inOrder: false,
})
export const jobQueue = checker('job-queue', {
  finds: 'jobs that are done twice, or accepted but never done',
  vocabulary: JOB_QUEUE,
  f: 'submit',
  inOrder: false,
})
export const scheduledJob = checker('scheduled-job', {
  finds: 'ticks that are missing, duplicated, or out of order',
  vocabulary: SCHEDULE,
  f: 'schedule',
  inOrder: true,
})
export const outbox = checker('outbox', {
  finds: 'changes without a message; messages without a change, duplicated, or out of order',
  vocabulary: OUTBOX,
  f: 'update',
  inOrder: true,
})
