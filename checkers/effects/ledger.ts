/**
 * One row for each key: what clients requested, what the cluster's own log says about it, what the sink did, and what is
 * wrong. Rows are made of the keys that are shown: there may be millions of others. Pure.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { LedgerEntry, LedgerResult, Request, SinkLine } from '../../harness/vocabularies/effects.ts'
import { type LedgerColumns, TROUBLES, type Trouble } from './ledger-columns.ts'
import { isAcknowledgement, requestsIn, type SinkRequest } from './requests.ts'

export interface LedgerRow {
  readonly key: string
  readonly asked: Request | null
  /** The calls of clients that requested it. */
  readonly submissions: readonly Pair[]
  readonly acknowledged: boolean
  /** The entry in the cluster's own log; null: there is none. Undefined: the cluster was not asked. */
  readonly cluster: LedgerEntry | null | undefined
  /** In the sink's order. */
  readonly effects: readonly SinkRequest[]
  /** The number of requests that the sink turned down. */
  readonly stopped: number
}

/** The last answer to a call of that kind; null: there is none. */
export const lastAnswer = <T>(pairs: Sequence<Pair>, f: string): T | null => {
  const read = pairs.findLast(({ invocation, completion }) => invocation.f === f && completion?.type === 'ok')
  return (read?.completion?.value as T | undefined) ?? null
}

/** What is joined. */
export interface Logs {
  readonly pairs: Sequence<Pair>
  readonly lines: Sequence<SinkLine>
  /** The cluster's own log. Null: the cluster was not asked. */
  readonly own: LedgerResult | null
}

/** Adds to the list of its key, if that is among the wanted ones. @returns how many the list has now */
const addTo = <T>(lists: ReadonlyMap<string, T[]>, key: string, item: T): number =>
  lists.get(key)?.push(item) ?? 0

interface Ask {
  readonly request: Request
  readonly pair: Pair
}

/** Adds who asked for these keys, without a reading of the whole history: those asked for first are near each other. */
const addAsks = (
  asks: ReadonlyMap<string, Ask[]>,
  numbers: readonly number[],
  columns: LedgerColumns,
  pairs: Sequence<Pair>,
): void => {
  let left = numbers.filter((number) => columns.isAsked(number)).length
  const take = (place: number): void => {
    const pair = pairs.at(place) as Pair
    for (const request of requestsIn(pair.invocation))
      if (addTo(asks, request.key, { request, pair }) === 1) left--
  }
  let place = columns.askedFrom(numbers)
  while (left > 0) take(place++)
  for (const again of columns.askedAgain(new Set(numbers), place)) take(again)
}

/** The rows of the keys with these numbers, in their order. */
const rowsOf = (
  numbers: readonly number[],
  columns: LedgerColumns,
  { pairs, lines, own }: Logs,
): readonly LedgerRow[] => {
  const keys = numbers.map((number) => columns.keyOf(number))
  const listsOf = <T>(): ReadonlyMap<string, T[]> => new Map(keys.map((key) => [key, []]))
  const asks = listsOf<Ask>()
  addAsks(asks, numbers, columns, pairs)
  const requests = listsOf<SinkRequest>()
  let left = columns.lines(numbers)
  for (let at = 0; at < lines.length && left > 0; at++) {
    const line = lines.at(at) as SinkLine
    if (line.type === 'request' && addTo(requests, line.request.key, line) > 0) left--
  }
  const entries = listsOf<LedgerEntry>()
  for (const entry of own?.entries ?? []) addTo(entries, entry.key, entry)
  return keys.map((key) => {
    const asked = asks.get(key) ?? []
    const all = requests.get(key) ?? []
    return {
      key,
      asked: asked[0]?.request ?? null,
      submissions: asked.map(({ pair }) => pair),
      acknowledged: asked.some(({ pair }) => isAcknowledgement(pair)),
      cluster: own === null ? undefined : (entries.get(key)?.at(-1) ?? null),
      effects: all.filter(({ refused }) => refused === null),
      stopped: all.filter(({ refused }) => refused !== null).length,
    }
  })
}

/** Rows of one trouble, and rows in which nothing is wrong, that are made. A table lists fewer. */
const MOST_ROWS = 500

export interface Ledger {
  readonly requests: number
  readonly acknowledged: number
  /** Keys that have this trouble. */
  count(trouble: Trouble): number
  /** The rows of the first of them. */
  of(trouble: Trouble): readonly LedgerRow[]
  /** Keys in which nothing is wrong. */
  readonly fine: number
  /** The rows of the first of them. */
  fineRows(): readonly LedgerRow[]
}

/** @param drained whether the cluster had time to do all that it had accepted: only then can anything be lost */
export const auditLedger = (columns: LedgerColumns, logs: Logs, drained: boolean): Ledger => {
  const counts = new Map<Trouble, number>()
  const first = new Map<Trouble, number[]>(TROUBLES.map((trouble) => [trouble, []]))
  const firstFine: number[] = []
  let [fine, acknowledged] = [0, 0]
  for (let number = 0; number < columns.count; number++) {
    if (columns.isAcknowledged(number)) acknowledged++
    const troubles = columns.troublesOf(number, drained)
    for (const trouble of troubles) {
      counts.set(trouble, (counts.get(trouble) ?? 0) + 1)
      const shown = first.get(trouble) as number[]
      if (shown.length < MOST_ROWS) shown.push(number)
    }
    if (troubles.length > 0) continue
    fine++
    if (firstFine.length < MOST_ROWS) firstFine.push(number)
  }
  const shown = [...new Set(TROUBLES.flatMap((trouble) => first.get(trouble) ?? []))]
  const rows = new Map(
    (shown.length === 0 ? [] : rowsOf(shown, columns, logs)).map((row) => [row.key, row] as const),
  )
  return {
    requests: columns.count,
    acknowledged,
    count: (trouble) => counts.get(trouble) ?? 0,
    of: (trouble) => (first.get(trouble) ?? []).map((number) => rows.get(columns.keyOf(number)) as LedgerRow),
    fine,
    fineRows: () => rowsOf(firstFine, columns, logs),
  }
}
