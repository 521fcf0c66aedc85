/**
 * One row for each key: what clients requested, what the cluster's own log says about it, what the sink did, and what is
 * wrong. Pure.
 */
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import type { LedgerEntry, LedgerResult, Request, SinkLine } from '../../harness/vocabularies/effects.ts'
import type { ResourceState, Updated } from '../../harness/vocabularies/outbox.ts'
import { type Schedule, tickKey } from '../../harness/vocabularies/schedule.ts'

export type SinkRequest = SinkLine & { readonly type: 'request' }

export interface LedgerRow {
  readonly key: string
  readonly asked: Request | null
  /** The calls of clients that requested it. */
  readonly submissions: readonly Pair[]
  readonly acknowledged: boolean
  /** Whether every submission was certainly refused. */
  readonly refused: boolean
  /** The entry in the cluster's own log; null: there is none. Undefined: the cluster was not asked. */
  readonly cluster: LedgerEntry | null | undefined
  /** In the sink's order. */
  readonly effects: readonly SinkRequest[]
  /** The number of requests that the sink turned down. */
  readonly stopped: number
}

/** The requests in the call of a client: one request, or every tick of a schedule. */
export const requestsIn = ({ f, value }: Pick<Operation, 'f' | 'value'>): readonly Request[] => {
  if (f === 'submit' || f === 'update') return [value as Request]
  if (f !== 'schedule') return []
  const { key, resource, ticks } = value as Schedule
  return Array.from({ length: ticks }, (_, i) => ({ key: tickKey(key, i + 1), resource, version: i + 1 }))
}

/** An update that came too late got an ok answer, but counts as refused. */
const isRefusal = ({ completion }: Pair): boolean =>
  completion?.type === 'fail' ||
  (completion?.type === 'ok' && completion.f === 'update' && !(completion.value as Updated).applied)

const isAcknowledgement = (pair: Pair): boolean => pair.completion?.type === 'ok' && !isRefusal(pair)

/** The last answer to a call of that kind; null: there is none. */
export const lastAnswer = <T>(pairs: Sequence<Pair>, f: string): T | null => {
  const read = pairs.findLast(({ invocation, completion }) => invocation.f === f && completion?.type === 'ok')
  return (read?.completion?.value as T | undefined) ?? null
}

interface Ask {
  readonly request: Request
  readonly pair: Pair
}

const grouped = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> =>
  Map.groupBy(items, keyOf)

const ledgerOf = (pairs: Sequence<Pair>, lines: readonly SinkLine[]): readonly LedgerRow[] => {
  const asks = pairs.flatMap((pair): readonly Ask[] =>
    requestsIn(pair.invocation).map((request) => ({ request, pair })),
  )
  const asksOf = grouped(asks, ({ request }) => request.key)
  const requests = lines.filter((line) => line.type === 'request')
  const requestsOf = grouped(requests, ({ request }) => request.key)
  const own = lastAnswer<LedgerResult>(pairs, 'ledger')
  const ownOf = new Map(own?.entries.map((entry) => [entry.key, entry]))
  return [...new Set([...asksOf.keys(), ...requestsOf.keys(), ...ownOf.keys()])].map((key) => {
    const asked = asksOf.get(key) ?? []
    const all = requestsOf.get(key) ?? []
    return {
      key,
      asked: asked[0]?.request ?? null,
      submissions: asked.map(({ pair }) => pair),
      acknowledged: asked.some(({ pair }) => isAcknowledgement(pair)),
      refused: asked.length > 0 && asked.every(({ pair }) => isRefusal(pair)),
      cluster: own === null ? undefined : (ownOf.get(key) ?? null),
      effects: all.filter(({ refused }) => refused === null),
      stopped: all.filter(({ refused }) => refused !== null).length,
    }
  })
}

/** Effects that came after an effect of a greater version on the same resource, by their positions in the sink's order. */
const outdatedSeqsOf = (lines: readonly SinkLine[]): ReadonlySet<number> => {
  const newest = new Map<number, number>()
  const outdated = new Set<number>()
  for (const line of lines) {
    if (line.type !== 'request' || line.refused !== null) continue
    const { resource, version } = line.request
    const known = newest.get(resource) ?? version
    if (version < known) outdated.add(line.seq)
    newest.set(resource, Math.max(known, version))
  }
  return outdated
}

/** What can be wrong with a request, the most severe first. */
export const TROUBLES = [
  'lost',
  'done without an effect',
  'change without a message',
  'phantom',
  'effect of a refused request',
  'payload mismatch',
  'duplicated',
  'overwrites a newer one',
  'out of order',
  'stale token',
] as const
export type Trouble = (typeof TROUBLES)[number]

interface Audit {
  readonly drained: boolean
  readonly outdated: ReadonlySet<number>
  readonly stale: ReadonlySet<number>
  readonly untold: ReadonlySet<LedgerRow>
}

const troublesOf = (row: LedgerRow, { drained, outdated, stale, untold }: Audit): readonly Trouble[] => {
  const { asked, effects } = row
  const [first, ...again] = effects
  const found: Record<Trouble, boolean> = {
    lost: drained && row.acknowledged && effects.length === 0,
    'done without an effect': row.cluster?.doneAt != null && effects.length === 0,
    'change without a message': untold.has(row),
    phantom: asked === null && effects.length > 0,
    'effect of a refused request': row.refused && effects.length > 0,
    'payload mismatch': effects.some(
      ({ request }) =>
        asked !== null && (request.resource !== asked.resource || request.version !== asked.version),
    ),
    duplicated: effects.length > 1,
    'overwrites a newer one': again.some(({ seq }) => outdated.has(seq)),
    'out of order': first !== undefined && outdated.has(first.seq),
    'stale token': effects.some(({ seq }) => stale.has(seq)),
  }
  return TROUBLES.filter((trouble) => found[trouble])
}

/** Effects whose token is lower than a token that the sink had already seen for that resource. */
const staleSeqsOf = (lines: readonly SinkLine[]): ReadonlySet<number> => {
  const greatest = new Map<number, number>()
  const stale = new Set<number>()
  for (const line of lines) {
    if (line.type !== 'request') continue
    const { resource } = line.request
    const seen = greatest.get(resource) ?? line.token
    if (line.token < seen && line.refused === null) stale.add(line.seq)
    greatest.set(resource, Math.max(seen, line.token))
  }
  return stale
}

/** For an outbox: the rows that requested a version which the resource has reached, but for which no message was sent. */
const untoldChanges = (pairs: Sequence<Pair>, rows: readonly LedgerRow[]): readonly LedgerRow[] => {
  const standing = new Map<number, number>()
  for (const { completion } of pairs) {
    if (completion?.type !== 'ok' || completion.f !== 'read') continue
    const { resource, version } = completion.value as ResourceState
    standing.set(resource, Math.max(version, standing.get(resource) ?? 0))
  }
  const told = new Set(
    rows.flatMap(({ effects }) => effects.map(({ request }) => `${request.resource} ${request.version}`)),
  )
  const askedFor = grouped(
    rows.filter(({ asked, refused }) => asked !== null && !refused),
    ({ asked }) => `${asked?.resource} ${asked?.version}`,
  )
  return [...standing].flatMap(([resource, version]) =>
    Array.from({ length: version }, (_, i) => `${resource} ${i + 1}`)
      .filter((change) => !told.has(change))
      .flatMap((change) => askedFor.get(change) ?? []),
  )
}

export interface Ledger {
  readonly rows: readonly LedgerRow[]
  /** The rows that have this trouble. */
  of(trouble: Trouble): readonly LedgerRow[]
  /** Positions, in the sink's order, of effects whose token was lower than an earlier one. */
  readonly stale: ReadonlySet<number>
}

/** @param drained whether the cluster had time to do all that it had accepted: only then can anything be lost */
export const auditLedger = (pairs: Sequence<Pair>, lines: readonly SinkLine[], drained: boolean): Ledger => {
  const rows = ledgerOf(pairs, lines)
  const stale = staleSeqsOf(lines)
  const outdated = outdatedSeqsOf(lines)
  const untold = new Set(drained ? untoldChanges(pairs, rows) : [])
  const byTrouble = new Map<Trouble, LedgerRow[]>(TROUBLES.map((trouble) => [trouble, []]))
  for (const row of rows)
    for (const trouble of troublesOf(row, { drained, outdated, stale, untold }))
      byTrouble.get(trouble)?.push(row)
  return { rows, of: (trouble) => byTrouble.get(trouble) ?? [], stale }
}
