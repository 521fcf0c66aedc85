/**
 * Did every acknowledged request take effect in the outside world exactly once? Joins what the clients asked, what the cluster
 * said it had done, and what the sink wrote down, into a ledger: one row a key.
 *
 * A naive sink caps any promise at at-least-once (a crash between the effect and its record repeats it), and a fencing token
 * stops no duplicate under the same token. So what is promised depends on the sink's mode, and duplicates beyond the
 * promise are counted and shown, not held against anyone. What holds of every mode: nothing acknowledged is lost once the
 * cluster had time to do it, nothing happens that was never asked for, or that was refused.
 */
import type { Checker, Consistency, Evidence, RunRecord, Verdict } from '../harness/api.ts'
import { type Pair, pairOperations } from '../harness/history/pairs.ts'
import {
  EFFECTS,
  type PendingResult,
  SINK,
  type SinkLine,
  type SinkMode,
} from '../harness/vocabularies/effects.ts'
import type { Judged } from './checker-of.ts'
import { auditLedger, KINDS, type Kind, type Ledger, type LedgerRow } from './effects-ledger.ts'

/** Of all duplicates, how many each layer would have stopped. */
const savedBy = (duplicated: readonly LedgerRow[], stale: ReadonlySet<number>): string => {
  const extra = duplicated.flatMap(({ effects }) => effects.slice(1))
  const fenced = extra.filter(({ seq }) => stale.has(seq)).length
  return `a sink that deduplicates by key would have stopped all ${extra.length} of them, one that fences by token ${fenced}`
}

const SHOWN = 12

const describe = ({ key, submissions, acknowledged, effects, stopped }: LedgerRow): string => {
  const asked = `asked ${submissions.length} times${acknowledged ? ', acknowledged' : ''}`
  const acted = effects.map(
    ({ seq, worker, token, attempt }) => `#${seq} by ${worker} (token ${token}, attempt ${attempt})`,
  )
  return `${key.padEnd(10)} ${asked}; ${effects.length} effects${acted.length === 0 ? '' : `: ${acted.join(', ')}`}${stopped === 0 ? '' : `; the sink stopped ${stopped}`}`
}

/** What is worse than any mode's promise; the rest depends on what was promised. */
const NEVER: ReadonlySet<Kind> = new Set([
  'lost',
  'phantom',
  'effect of a refused request',
  'payload mismatch',
])
/** What exactly-once forbids besides. */
const AT_MOST_ONCE: ReadonlySet<Kind> = new Set(['duplicated', 'overwrites a newer one'])

const isBroken = (kind: Kind, promised: Consistency, mode: string): boolean =>
  NEVER.has(kind) ||
  (promised === 'exactly-once' && AT_MOST_ONCE.has(kind)) ||
  (mode === 'fencing' && kind === 'stale token')

const lastPending = (pairs: readonly Pair[]): PendingResult | null => {
  const read = pairs.findLast(
    ({ invocation, completion }) => invocation.f === 'pending' && completion?.type === 'ok',
  )
  return (read?.completion?.value as PendingResult | undefined) ?? null
}

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

const judge = (record: RunRecord, promised: Consistency): Judged => {
  const lines = (record.services?.[SINK] ?? []) as readonly SinkLine[]
  const start = lines.find((line) => line.type === 'start')
  if (start === undefined) return unknown('Not judged: the sink kept no log (it died, or there was none).')
  const pairs = pairOperations(record.history)
  // Only asked once all is healed, until nothing is pending or the time for it is over.
  const left = lastPending(pairs)
  const ledger = auditLedger(pairs, lines, left !== null)
  const details = detailsOf(ledger, start.mode, left)
  const found = KINDS.filter((kind) => ledger.of(kind).length > 0)
  const broken = found.filter((kind) => isBroken(kind, promised, start.mode))
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

const promisedOf = ({ spec, claims }: RunRecord): Consistency =>
  spec?.expect ?? claims?.consistency[EFFECTS]?.submit ?? 'exactly-once'

export const effects: Checker = {
  name: 'effects',
  needs: ['history', 'services'],
  check: async (record) => {
    const promised = promisedOf(record)
    const source =
      record.spec?.expect == null
        ? (record.claims?.source ?? 'assumed of an imported history')
        : '--expect on the command line'
    return {
      checker: 'effects',
      promise: { text: `submit: ${promised}`, source },
      ...judge(record, promised),
    }
  },
}
