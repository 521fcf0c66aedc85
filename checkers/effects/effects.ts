/**
 * Did every acknowledged request take effect in the outside world exactly once? Joins what the clients asked, what the
 * cluster's own log says, and what the sink wrote down, into a ledger: one row a key. So of each request that was lost it can
 * be told where: before the cluster's log, or between that and the sink.
 *
 * A naive sink caps any promise at at-least-once (a crash between the effect and its record repeats it), and a fencing token
 * stops no duplicate under the same token. So what is promised depends on the sink's mode, and duplicates beyond the
 * promise are counted and shown, not held against anyone. What holds of every mode: nothing acknowledged is lost once the
 * cluster had time to do it, nothing happens that was never asked for, or that was refused.
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import {
  EFFECTS,
  type PendingResult,
  SINK,
  type SinkLine,
  type SinkMode,
} from '../../harness/vocabularies/effects.ts'
import { JOB_QUEUE } from '../../harness/vocabularies/job-queue.ts'
import { OUTBOX } from '../../harness/vocabularies/outbox.ts'
import { SCHEDULE } from '../../harness/vocabularies/schedule.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { checkerOf, conclude, finding, type Judged, notJudged } from '../verdict.ts'
import { auditLedger, type LedgerRow, lastAnswer, TROUBLES, type Trouble } from './ledger.ts'

/** Of all duplicates, how many each layer would have stopped. */
const savedBy = (duplicated: readonly LedgerRow[], stale: ReadonlySet<number>): string => {
  const extra = duplicated.flatMap(({ effects }) => effects.slice(1))
  const fenced = extra.filter(({ seq }) => stale.has(seq)).length
  return `a sink that deduplicates by key would have stopped all ${extra.length} of them, one that fences by token ${fenced}`
}

/** Nothing where the cluster was not asked. */
const byTheCluster = ({ cluster }: LedgerRow): string => {
  if (cluster === undefined) return ''
  if (cluster === null) return "; the cluster's log has nothing of it"
  const { acceptedAt, doneAt, worker } = cluster
  return `; the cluster's log has it accepted at ${acceptedAt}, ${doneAt === null ? 'not done' : `done at ${doneAt} by ${worker}`}`
}

const describe = (row: LedgerRow): string => {
  const { key, asked: request, submissions, acknowledged, effects, stopped } = row
  const what = request === null ? '' : ` (resource ${request.resource}, version ${request.version})`
  const asked = `asked ${submissions.length} times${acknowledged ? ', acknowledged' : ''}`
  const acted = effects.map(
    ({ seq, worker, token, attempt }) => `#${seq} by ${worker} (token ${token}, attempt ${attempt})`,
  )
  return `${`${key}${what}`.padEnd(10)} ${asked}${byTheCluster(row)}; ${effects.length} effects${acted.length === 0 ? '' : `: ${acted.join(', ')}`}${stopped === 0 ? '' : `; the sink stopped ${stopped}`}`
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
  /** The call whose promise it is. */
  readonly f: string
  /** Of one resource, in the order of the versions. */
  readonly inOrder: boolean
}

const allows = (promise: PromiseName, mode: SinkMode, { inOrder }: Kept, trouble: Trouble): boolean =>
  !NEVER.has(trouble) &&
  !(inOrder && trouble === 'out of order') &&
  !(promise !== 'at-most-once' && AT_LEAST_ONCE.has(trouble)) &&
  !(promise !== 'at-least-once' && AT_MOST_ONCE.has(trouble)) &&
  !(mode === 'fencing' && trouble === 'stale token')

const judge = (record: RunRecord, promise: PromiseName, kept: Kept): Judged => {
  const lines = (record.services?.[SINK] ?? []) as readonly SinkLine[]
  const start = lines.find((line) => line.type === 'start')
  if (start === undefined) return notJudged('the sink kept no log (it died, or there was none)')
  const { pairs } = record
  // Only asked once all is healed, until nothing is pending or the time for it is over.
  const left = lastAnswer<PendingResult>(pairs, 'pending')
  const ledger = auditLedger(pairs, lines, left !== null)
  const acknowledged = ledger.rows.filter((row) => row.acknowledged).length
  const effects = ledger.rows.reduce((sum, row) => sum + row.effects.length, 0)
  const duplicated = ledger.of('duplicated')
  const saved = duplicated.length === 0 ? null : savedBy(duplicated, ledger.stale)
  const findings = TROUBLES.flatMap((kind) =>
    ledger.of(kind).map((row) => finding(kind, describe(row), row.submissions)),
  )
  return conclude(findings, {
    seen: `${acknowledged} acknowledged requests, ${effects} effects in a ${start.mode} sink`,
    clean: 'none lost',
    unproven:
      left === null
        ? 'nobody asked at the end what was still to be done'
        : acknowledged === 0
          ? 'no request was acknowledged'
          : null,
    kinds: TROUBLES,
    allows: (trouble) => allows(promise, start.mode, kept, trouble),
    aside: saved,
    note: (kind) => (kind === 'duplicated' ? saved : null),
    details: {
      mode: start.mode,
      requests: ledger.rows.length,
      acknowledged,
      effects,
      stoppedBySink: ledger.rows.reduce((sum, { stopped }) => sum + stopped, 0),
      stillPending: left?.pending.length ?? null,
    },
  })
}

const checker = (name: string, kept: Kept): Checker =>
  checkerOf({
    name,
    finds: kept.finds,
    needs: ['history', 'services'],
    promise: promisedOf(kept.vocabulary, null, [kept.f]),
    judge: (record) => judge(record, promiseOf(record, kept.vocabulary, kept.f).name, kept),
  })

export const effects = checker('effects', {
  finds:
    'requests lost, duplicated, or out of nowhere in the outside world; effects of refused ones; stale tokens',
  vocabulary: EFFECTS,
  f: 'submit',
  inOrder: false,
})
export const jobQueue = checker('job-queue', {
  finds: 'jobs done twice, or never though accepted',
  vocabulary: JOB_QUEUE,
  f: 'submit',
  inOrder: false,
})
export const scheduledJob = checker('scheduled-job', {
  finds: 'ticks left out, twice, or out of order',
  vocabulary: SCHEDULE,
  f: 'schedule',
  inOrder: true,
})
export const outbox = checker('outbox', {
  finds: 'changes without a message, messages without a change, twice, or out of order',
  vocabulary: OUTBOX,
  f: 'update',
  inOrder: true,
})
