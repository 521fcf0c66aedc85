/** One row for each key: what clients asked, what the sink did, and what is wrong with it. Pure. */
import type { Pair } from '../harness/history/pairs.ts'
import type { Request, SinkLine } from '../harness/vocabularies/effects.ts'

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

export const KINDS = [
  'lost',
  'phantom',
  'effect of a refused request',
  'payload mismatch',
  'duplicated',
  'overwrites a newer one',
  'stale token',
] as const
export type Kind = (typeof KINDS)[number]

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
export const staleSeqsOf = (lines: readonly SinkLine[]): ReadonlySet<number> => {
  let greatest = Number.NEGATIVE_INFINITY
  const stale = new Set<number>()
  for (const line of lines) {
    if (line.type !== 'request') continue
    if (line.token < greatest && line.refused === null) stale.add(line.seq)
    greatest = Math.max(greatest, line.token)
  }
  return stale
}

export interface Ledger {
  readonly rows: readonly LedgerRow[]
  /** Kind of trouble -> the rows that have it. */
  of(kind: Kind): readonly LedgerRow[]
  /** Places in the sink's order of effects whose token was lower than one seen before. */
  readonly stale: ReadonlySet<number>
}

/** @param drained whether the cluster had its time to do all that it had accepted: only then is anything lost */
export const auditLedger = (pairs: readonly Pair[], lines: readonly SinkLine[], drained: boolean): Ledger => {
  const rows = ledgerOf(pairs, lines)
  const stale = staleSeqsOf(lines)
  const byResource = Map.groupBy(
    rows.flatMap(({ effects }) => effects),
    ({ request }) => request.resource,
  )
  const judged = rows.map((row) => ({ row, kinds: kindsOf(row, drained, byResource, stale) }))
  const of = (kind: Kind): readonly LedgerRow[] =>
    judged.filter(({ kinds }) => kinds.includes(kind)).map(({ row }) => row)
  return { rows, of, stale }
}
