/**
 * Did every acknowledged request take effect in the outside world exactly once? Joins what the clients asked, what the cluster
 * said it had done, and what the sink wrote down, into a ledger: one row a key.
 *
 * A naive sink caps any promise at at-least-once (a crash between the effect and its record repeats it), and a fencing token
 * stops no duplicate under the same token. So what is promised depends on the sink's mode, and duplicates beyond the
 * promise are counted and shown, not held against anyone. What holds of every mode: nothing acknowledged is lost once the
 * cluster had time to do it, nothing happens that was never asked for, or that was refused.
 */
import type { Checker, Consistency, Evidence, Operation, RunRecord, Verdict } from '../harness/api.ts'
import { type Pair, pairOperations } from '../harness/history/pairs.ts'
import {
  EFFECTS,
  type PendingResult,
  type Request,
  SINK,
  type SinkLine,
} from '../harness/vocabularies/effects.ts'

type SinkRequest = SinkLine & { readonly type: 'request' }

export interface LedgerRow {
  readonly key: string
  readonly asked: Request | null
  /** By clients. */
  readonly submissions: readonly Pair[]
  readonly acknowledged: boolean
  /** Each of them surely refused. */
  readonly refused: boolean
  /** In the sink's order. */
  readonly effects: readonly SinkRequest[]
  /** Turned down by the sink. */
  readonly stopped: number
}

export const ledgerOf = (pairs: readonly Pair[], lines: readonly SinkLine[]): readonly LedgerRow[] => {
  const submissions = new Map<string, Pair[]>()
  for (const pair of pairs) {
    if (pair.invocation.f !== 'submit') continue
    const { key } = pair.invocation.value as Request
    submissions.set(key, [...(submissions.get(key) ?? []), pair])
  }
  const requests = new Map<string, SinkRequest[]>()
  for (const line of lines) {
    if (line.type !== 'request') continue
    requests.set(line.request.key, [...(requests.get(line.request.key) ?? []), line])
  }
  return [...new Set([...submissions.keys(), ...requests.keys()])].map((key) => {
    const asked = submissions.get(key) ?? []
    const all = requests.get(key) ?? []
    return {
      key,
      asked: (asked[0]?.invocation.value as Request | undefined) ?? null,
      submissions: asked,
      acknowledged: asked.some(({ completion }) => completion?.type === 'ok'),
      refused: asked.length > 0 && asked.every(({ completion }) => completion?.type === 'fail'),
      effects: all.filter(({ refused }) => refused === null),
      stopped: all.filter(({ refused }) => refused !== null).length,
    }
  })
}

/** A later effect of a key that comes after a greater version of the same resource took effect. */
const overwritesNewer = (
  { effects }: LedgerRow,
  newest: ReadonlyMap<number, readonly SinkRequest[]>,
): boolean =>
  effects
    .slice(1)
    .some(({ seq, request }) =>
      (newest.get(request.resource) ?? []).some(
        (other) => other.seq < seq && other.request.version > request.version,
      ),
    )

const KINDS = [
  'lost',
  'phantom',
  'effect of a refused request',
  'payload mismatch',
  'duplicated',
  'overwrites a newer one',
  'stale token',
] as const
type Kind = (typeof KINDS)[number]

const kindsOf = (
  row: LedgerRow,
  drained: boolean,
  newest: ReadonlyMap<number, readonly SinkRequest[]>,
  staleSeqs: ReadonlySet<number>,
): readonly Kind[] => {
  const { asked, effects } = row
  const found: Record<Kind, boolean> = {
    lost: drained && row.acknowledged && effects.length === 0,
    phantom: asked === null && effects.length > 0,
    'effect of a refused request': row.refused && effects.length > 0,
    'payload mismatch': effects.some(
      ({ request }) =>
        asked !== null && (request.resource !== asked.resource || request.version !== asked.version),
    ),
    duplicated: effects.length > 1,
    'overwrites a newer one': overwritesNewer(row, newest),
    'stale token': effects.some(({ seq }) => staleSeqs.has(seq)),
  }
  return KINDS.filter((kind) => found[kind])
}

/** Effects whose token is lower than one that the sink had seen before. */
const staleSeqsOf = (lines: readonly SinkLine[]): ReadonlySet<number> => {
  let greatest = Number.NEGATIVE_INFINITY
  const stale = new Set<number>()
  for (const line of lines) {
    if (line.type !== 'request') continue
    if (line.token < greatest && line.refused === null) stale.add(line.seq)
    greatest = Math.max(greatest, line.token)
  }
  return stale
}

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

type Judged = Pick<Verdict, 'status' | 'summary' | 'evidence' | 'details'>

const unknown = (summary: string): Judged => ({ status: 'unknown', summary, evidence: [], details: {} })

const judge = (record: RunRecord, promised: Consistency): Judged => {
  const lines = (record.services?.[SINK] ?? []) as readonly SinkLine[]
  const start = lines.find((line) => line.type === 'start')
  if (start === undefined) return unknown('Not judged: the sink kept no log (it died, or there was none).')
  const pairs = pairOperations(record.history)
  const rows = ledgerOf(pairs, lines)
  const left = lastPending(pairs)
  // Only asked once all is healed, until nothing is pending or the time for it is over.
  const drained = left !== null
  const stale = staleSeqsOf(lines)
  const newest = new Map<number, SinkRequest[]>()
  for (const { request, ...line } of rows.flatMap(({ effects }) => effects))
    newest.set(request.resource, [...(newest.get(request.resource) ?? []), { ...line, request }])
  const judged = rows.map((row) => ({ row, kinds: kindsOf(row, drained, newest, stale) }))
  const of = (kind: Kind): readonly LedgerRow[] =>
    judged.filter(({ kinds }) => kinds.includes(kind)).map(({ row }) => row)
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, of(kind).length]))
  const acknowledged = rows.filter((row) => row.acknowledged).length
  const details = {
    mode: start.mode,
    requests: rows.length,
    acknowledged,
    effects: rows.reduce((sum, { effects }) => sum + effects.length, 0),
    stoppedBySink: rows.reduce((sum, { stopped }) => sum + stopped, 0),
    stillPending: left?.pending.length ?? null,
    ...counts,
  }
  const evidence = KINDS.filter((kind) => of(kind).length > 0).map(
    (kind): Evidence => ({
      title: `${kind}: ${of(kind).length} requests${isBroken(kind, promised, start.mode) ? '' : ' (no more than was promised)'}`,
      text: [
        ...of(kind).slice(0, SHOWN).map(describe),
        ...(kind === 'duplicated' ? ['', savedBy(of(kind), stale)] : []),
      ].join('\n'),
      operations: of(kind)
        .slice(0, SHOWN)
        .flatMap(({ submissions }) =>
          submissions.map(({ invocation }: { invocation: Operation }) => invocation.index),
        ),
    }),
  )
  const broken = KINDS.filter((kind) => of(kind).length > 0 && isBroken(kind, promised, start.mode))
  const told = `${acknowledged} acknowledged requests, ${details.effects} effects in a ${start.mode} sink`
  const duplicates = of('duplicated')
  const more =
    duplicates.length === 0
      ? ''
      : `; ${duplicates.length} took effect more than once: ${savedBy(duplicates, stale)}`
  if (broken.length > 0)
    return {
      status: 'invalid',
      summary: `${told}: ${broken.map((kind) => `${kind} ${of(kind).length}`).join(', ')}${more}.`,
      evidence,
      details,
    }
  if (!drained)
    return {
      ...unknown(`${told}; nobody asked at the end what was still to be done${more}.`),
      evidence,
      details,
    }
  return {
    status: acknowledged === 0 ? 'unknown' : 'valid',
    summary: `${told}, none lost${more}.`,
    evidence,
    details,
  }
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
