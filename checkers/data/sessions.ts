/**
 * Session guarantees (Terry et al., "Session Guarantees for Weakly Consistent Replicated Data", 1994) of list-append
 * histories. Each process is a session. The place of an element is its index in the longest list that was read of the key.
 *
 * - monotonic reads: a process never sees less than it saw before;
 * - read your writes: it sees what it appended before;
 * - monotonic writes: its appends keep the order in which it made them;
 * - writes follow reads: what it appends comes after what it read before.
 */
import type { RunRecord } from '../../harness/api/record.ts'
import type { Fold } from '../../harness/api/verdict.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import type { AnomalyName } from '../transactions/anomalies.ts'
import { forbids } from '../transactions/consistency.ts'
import { COMMITTED, foldTransactions, type Transactions } from '../transactions/transactions.ts'
import { transactionsWindow } from '../transactions/window.ts'
import { conclude, foldingChecker, type Judged } from '../verdict.ts'

const GUARANTEES = ['monotonic reads', 'read your writes', 'monotonic writes', 'writes follow reads'] as const
type Guarantee = (typeof GUARANTEES)[number]

interface BrokenGuarantee {
  readonly guarantee: Guarantee
  readonly text: string
  /** Rows of the transactions. */
  readonly rows: readonly number[]
}

/** Key -> element -> its place in the longest list that was read. */
const placesOf = ({
  count,
  outcome,
  ...history
}: Transactions): ReadonlyMap<Scalar, ReadonlyMap<Scalar, number>> => {
  const longest = new Map<Scalar, readonly Scalar[]>()
  for (let row = 0; row < count; row++) {
    if (outcome[row] !== COMMITTED) continue
    for (const [f, key, value] of history.opsOf(row))
      if (f === 'r' && Array.isArray(value) && value.length > (longest.get(key)?.length ?? -1))
        longest.set(key, value)
  }
  return new Map(
    [...longest].map(([key, list]) => [key, new Map(list.map((element, place) => [element, place]))]),
  )
}

/** What one process has done with one key so far: places and rows. */
interface Session {
  read: { readonly length: number; readonly row: number } | null
  appended: { readonly place: number; readonly row: number } | null
}

const START: Session = { read: null, appended: null }

const judgeRead = (
  session: Session,
  key: Scalar,
  length: number,
  row: number,
): readonly BrokenGuarantee[] => {
  const { read, appended } = session
  const found: BrokenGuarantee[] = []
  if (read !== null && read.length > length)
    found.push({
      guarantee: 'monotonic reads',
      text: `read ${read.length} elements of ${key}, and then ${length}`,
      rows: [read.row, row],
    })
  if (appended !== null && appended.place >= length)
    found.push({
      guarantee: 'read your writes',
      text: `appended element ${appended.place + 1} of ${key}, and then read only ${length} elements`,
      rows: [appended.row, row],
    })
  return found
}

const judgeAppend = (
  session: Session,
  key: Scalar,
  place: number,
  row: number,
): readonly BrokenGuarantee[] => {
  const { read, appended } = session
  const found: BrokenGuarantee[] = []
  if (appended !== null && appended.place > place)
    found.push({
      guarantee: 'monotonic writes',
      text: `appended element ${appended.place + 1} of ${key}, and then element ${place + 1}, which comes before it`,
      rows: [appended.row, row],
    })
  if (read !== null && read.length > place)
    found.push({
      guarantee: 'writes follow reads',
      text: `read ${read.length} elements of ${key}, and then appended element ${place + 1}, which is among them`,
      rows: [read.row, row],
    })
  return found
}

const brokenIn = (transactions: Transactions): readonly BrokenGuarantee[] => {
  const places = placesOf(transactions)
  const sessions = new Map<string, Session>()
  const found: BrokenGuarantee[] = []
  for (let row = 0; row < transactions.count; row++) {
    if (transactions.outcome[row] !== COMMITTED) continue
    for (const [f, key, value] of transactions.opsOf(row)) {
      const name = `${transactions.process[row]} ${key}`
      const session = sessions.get(name) ?? { ...START }
      sessions.set(name, session)
      if (f === 'r') {
        const { length } = value as readonly Scalar[]
        found.push(...judgeRead(session, key, length, row))
        session.read = { length, row }
        continue
      }
      const place = places.get(key)?.get(value as Scalar)
      if (place === undefined) continue
      found.push(...judgeAppend(session, key, place, row))
      session.appended = { place, row }
    }
  }
  return found
}

/** The anomaly of the isolation models that a breach amounts to: a cycle that includes process order. */
const ANOMALIES: Readonly<Record<Guarantee, AnomalyName>> = {
  'monotonic reads': 'G-single-process',
  'read your writes': 'G-single-process',
  'monotonic writes': 'G0-process',
  'writes follow reads': 'G1c-process',
}

const NAMES: Readonly<Record<Guarantee, string>> = {
  'monotonic reads': 'non-monotonic reads',
  'read your writes': 'own write not read',
  'monotonic writes': 'non-monotonic writes',
  'writes follow reads': 'write before what was read',
}

const fold = (record: RunRecord): Fold<Judged> => {
  const transactions = foldTransactions(record.pairs, LIST_APPEND)
  return { take: transactions.take, result: () => judge(record, transactions.result()) }
}

const judge = (record: RunRecord, transactions: Transactions): Judged => {
  const promise = promiseOf(record, LIST_APPEND, 'txn').name
  const committed = transactions.outcome.filter((outcome) => outcome === COMMITTED).length
  const at = (row: number): number => transactions.invokedAt[row] as number
  const findings = brokenIn(transactions).map(({ guarantee, text, rows }) => ({
    kind: guarantee,
    text: `process ${transactions.process[rows[0] as number]} ${text} (operations ${rows.map(at).join(', ')})`,
    operations: rows.map(at),
  }))
  return conclude(findings, {
    seen: `${committed} transactions`,
    clean: 'every session still sees what it read and appended before',
    unproven: committed === 0 ? 'none committed' : null,
    kinds: GUARANTEES,
    anomalies: NAMES,
    allows: (guarantee) => !forbids(promise, ANOMALIES[guarantee]),
    details: { committed },
  })
}

export const sessions = foldingChecker({
  name: 'sessions',
  judgesBeginnings: true,
  // What a session saw and appended is compared key by key.
  window: transactionsWindow,
  finds: 'sessions that see less than before, or do not see their own appends',
  needs: ['history'],
  promise: promisedOf(LIST_APPEND, 'monotonic reads and writes, read your writes, writes follow reads'),
  fold,
})
