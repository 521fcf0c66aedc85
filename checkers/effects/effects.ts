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
import type { Checker, Evidence, Verdict } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { pairOperations } from '../../harness/history/pairs.ts'
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
import type { Judged } from '../checker-of.ts'
import { auditLedger, KINDS, type Kind, type Ledger, type LedgerRow, lastAnswer } from './ledger.ts'

/** Of all duplicates, how many each layer would have stopped. */
const savedBy = (duplicated: readonly LedgerRow[], stale: ReadonlySet<number>): string => {
  const extra = duplicated.flatMap(({ effects }) => effects.slice(1))
  const fenced = extra.filter(({ seq }) => stale.has(seq)).length
  return `a sink that deduplicates by key would have stopped all ${extra.length} of them, one that fences by token ${fenced}`
}

const SHOWN = 12

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
const NEVER: ReadonlySet<Kind> = new Set(['phantom', 'effect of a refused request', 'payload mismatch'])
const AT_LEAST_ONCE: ReadonlySet<Kind> = new Set([
  'lost',
  'done without an effect',
  'change without a message',
])
const AT_MOST_ONCE: ReadonlySet<Kind> = new Set(['duplicated', 'overwrites a newer one'])

interface Kept {
  readonly finds: string
  readonly vocabulary: Vocabulary
  /** The call whose promise it is. */
  readonly f: string
  /** Of one resource, in the order of the versions. */
  readonly inOrder: boolean
}

const isBroken = (kind: Kind, promised: PromiseName, mode: string, { inOrder }: Kept): boolean =>
  NEVER.has(kind) ||
  (inOrder && kind === 'out of order') ||
  (promised !== 'at-most-once' && AT_LEAST_ONCE.has(kind)) ||
  (promised !== 'at-least-once' && AT_MOST_ONCE.has(kind)) ||
  (mode === 'fencing' && kind === 'stale token')

const unknown = (summary: string): Judged => ({ status: 'unknown', summary, evidence: [], details: {} })

const evidenceOf = ({ of, stale }: Ledger, kind: Kind, isHeldAgainst: boolean): Evidence => {
  const shown = of(kind).slice(0, SHOWN)
  return {
    title: `${kind}: ${of(kind).length} requests${isHeldAgainst ? '' : ' (no more than was promised)'}`,
    text: [...shown.map(describe), ...(kind === 'duplicated' ? ['', savedBy(of(kind), stale)] : [])].join(
      '\n',
    ),
    operations: shown.flatMap(({ submissions }) => submissions.map(({ invocation }) => invocation.index)),
  }
}

const detailsOf = ({ rows, of }: Ledger, mode: SinkMode, left: PendingResult | null): Verdict['details'] => ({
  mode,
  requests: rows.length,
  acknowledged: rows.filter(({ acknowledged }) => acknowledged).length,
  effects: rows.reduce((sum, { effects }) => sum + effects.length, 0),
  stoppedBySink: rows.reduce((sum, { stopped }) => sum + stopped, 0),
  stillPending: left?.pending.length ?? null,
  ...Object.fromEntries(KINDS.map((kind) => [kind, of(kind).length])),
})

const judge = (record: RunRecord, promised: PromiseName, kept: Kept): Judged => {
  const lines = (record.services?.[SINK] ?? []) as readonly SinkLine[]
  const start = lines.find((line) => line.type === 'start')
  if (start === undefined) return unknown('Not judged: the sink kept no log (it died, or there was none).')
  const pairs = pairOperations(record.history)
  // Only asked once all is healed, until nothing is pending or the time for it is over.
  const left = lastAnswer<PendingResult>(pairs, 'pending')
  const ledger = auditLedger(pairs, lines, left !== null)
  const details = detailsOf(ledger, start.mode, left)
  const found = KINDS.filter((kind) => ledger.of(kind).length > 0)
  const broken = found.filter((kind) => isBroken(kind, promised, start.mode, kept))
  const evidence = found.map((kind) => evidenceOf(ledger, kind, broken.includes(kind)))
  const told = `${details.acknowledged} acknowledged requests, ${details.effects} effects in a ${start.mode} sink`
  const duplicates = ledger.of('duplicated')
  const more =
    duplicates.length === 0
      ? ''
      : `; ${duplicates.length} took effect more than once: ${savedBy(duplicates, ledger.stale)}`
  if (broken.length > 0) {
    const what = broken.map((kind) => `${kind} ${ledger.of(kind).length}`).join(', ')
    return { status: 'invalid', summary: `${told}: ${what}${more}.`, evidence, details }
  }
  if (left === null) {
    const summary = `${told}; nobody asked at the end what was still to be done${more}.`
    return { status: 'unknown', summary, evidence, details }
  }
  const status = details.acknowledged === 0 ? 'unknown' : 'valid'
  return { status, summary: `${told}, none lost${more}.`, evidence, details }
}

const checker = (name: string, kept: Kept): Checker => ({
  name,
  finds: kept.finds,
  needs: ['history', 'services'],
  check: async (record) => {
    const { spec, claims } = record
    const promised = spec?.expect ?? claims?.consistency[kept.vocabulary.name]?.[kept.f] ?? 'exactly-once'
    const source =
      spec?.expect == null
        ? (claims?.source ?? 'assumed of an imported history')
        : '--expect on the command line'
    return {
      checker: name,
      promise: { text: `${kept.f}: ${promised}`, source },
      ...judge(record, promised, kept),
    }
  },
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
