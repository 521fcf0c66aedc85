/**
 * Queues, judged twice: `fifo` by linearizability, if that is promised, and `total-queue` by counting alone (after Jepsen's
 * checker of that name). Counting judges the weaker promises too. They name how often an acknowledged element comes out:
 *
 * - exactly once, provided that the queue was drained at the end;
 * - at least once: a redelivery is allowed and shown, a loss is not;
 * - at most once: a loss is allowed and shown, a second delivery is not.
 *
 * An element out of nowhere breaks every promise. With `fifo-`, elements also come out in the order of their enqueues, as
 * far as these followed each other: the first delivery of each counts, because a redelivery comes whenever it comes.
 */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, TableRow } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { type Dequeued, type Drained, QUEUE, type QueueCall } from '../../harness/vocabularies/queue.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { fifoQueue, type QueueInput, type QueueOutput } from '../porcupine-ts/models/queue.ts'
import { promisedOf, weakestOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'
import { clipped } from '../view-limits.ts'
import { linearizableObject } from './objects.ts'

const linearizableFifo = linearizableObject<readonly Scalar[], QueueInput, QueueOutput>('fifo', {
  finds: 'elements out of order, and anything else that no order of the operations explains',
  vocabulary: QUEUE,
  holds: 'first in, first out',
  model: fifoQueue,
  reference: { file: 'queue', name: 'fifoQueue' },
  read: ({ invocation, completion }) => {
    const call = { f: invocation.f, value: invocation.value } as QueueCall
    const { key } = call.value
    if (call.f === 'enqueue')
      return { input: { f: 'put', key, value: call.value.value }, output: { taken: null } }
    const taken = completion?.type === 'ok' ? (completion.value as Dequeued).value : null
    return { input: { f: 'take', key }, output: { taken } }
  },
  anomaly: (pairs) => anomalyIn(pairs),
  // Counting judges the others.
  leaves: QUEUE.promises.filter((name) => name !== 'linearizable'),
})

/** The sequential model takes one element at a time, so that it cannot place a drain. */
export const fifo: Checker = {
  ...linearizableFifo,
  applies: (record) =>
    linearizableFifo.applies?.(record) !== false &&
    !record.pairs.some(({ invocation }) => invocation.f === 'drain'),
}

const KINDS = ['lost', 'duplicated', 'unexpected', 'out of order'] as const
type QueueFinding = Finding<(typeof KINDS)[number]>

interface Account {
  readonly enqueued: Pair | null
  readonly dequeued: readonly Pair[]
}

/** A name such as `7 of queue 1`, and what happened to that element. */
type Named = readonly [string, Account]

/** What a dequeue or a drain took out. */
const takenBy = ({ invocation, completion }: Pair): readonly Scalar[] => {
  if (completion?.type !== 'ok') return []
  if (invocation.f === 'drain') return (completion.value as Drained).values
  const { value } = completion.value as Dequeued
  return value === null ? [] : [value]
}

const accountsOf = (pairs: Sequence<Pair>): ReadonlyMap<string, Account> => {
  const accounts = new Map<string, { enqueued: Pair | null; dequeued: Pair[] }>()
  const of = (key: Scalar, value: Scalar): { enqueued: Pair | null; dequeued: Pair[] } => {
    const name = `${inText(value)} of queue ${inText(key)}`
    const known = accounts.get(name) ?? { enqueued: null, dequeued: [] }
    accounts.set(name, known)
    return known
  }
  for (const pair of pairs) {
    const call = { f: pair.invocation.f, value: pair.invocation.value } as QueueCall
    const { key } = call.value
    if (call.f === 'enqueue') of(key, call.value.value).enqueued = pair
    else for (const value of takenBy(pair)) of(key, value).dequeued.push(pair)
  }
  return accounts
}

/** Whether an ok answer shows that the queue is empty then. */
const leavesNothing = (f: string, ok: unknown): boolean => f === 'drain' || (ok as Dequeued).value === null

const keyOf = ({ invocation }: Pair): Scalar => (invocation.value as { key: Scalar }).key

/** Queues that were found empty at the end, after all their enqueues were over. */
const drainedQueues = (pairs: Sequence<Pair>): ReadonlySet<Scalar> => {
  const lastEmpty = new Map<Scalar, number>()
  const lastPut = new Map<Scalar, number>()
  for (const pair of pairs) {
    const { invocation, completion } = pair
    const key = keyOf(pair)
    if (invocation.f === 'enqueue')
      lastPut.set(key, Math.max(lastPut.get(key) ?? -1, (completion ?? invocation).index))
    else if (completion?.type === 'ok' && leavesNothing(invocation.f, completion.value))
      lastEmpty.set(key, invocation.index)
  }
  const isDrained = ([key, empty]: [Scalar, number]): boolean => empty > (lastPut.get(key) ?? -1)
  return new Set([...lastEmpty].filter(isDrained).map(([key]) => key))
}

const found = (kind: QueueFinding['kind'], [name, { enqueued, dequeued }]: Named): QueueFinding => {
  const at = (operation: Operation): string => formatTimeNs(operation.timeNs)
  const put =
    enqueued === null
      ? 'never enqueued'
      : `enqueued at ${at(enqueued.invocation)} (${enqueued.completion?.type ?? 'info'})`
  const taken = dequeued.map(({ completion }) => `dequeued at ${at(completion as Operation)}`)
  const pairs = enqueued === null ? dequeued : [enqueued, ...dequeued]
  return finding(kind, [name, put, ...taken].join(', '), pairs, [rowOf([name, { enqueued, dequeued }], kind)])
}

const COLUMNS = ['element', 'enqueued', 'outcome', 'came out']

const rowOf = ([name, { enqueued, dequeued }]: Named, mark?: QueueFinding['kind']): TableRow => {
  const times = dequeued.map(({ completion }) => formatTimeNs((completion as Operation).timeNs))
  return tableRow(
    [
      name,
      enqueued === null ? 'never' : formatTimeNs(enqueued.invocation.timeNs),
      enqueued === null ? '' : (enqueued.completion?.type ?? 'info'),
      times.length === 0 ? 'never' : times.join(', '),
    ],
    [...(enqueued === null ? [] : [enqueued]), ...dequeued].map(({ invocation }) => invocation.index),
    mark,
  )
}

const ANOMALIES: Readonly<Record<QueueFinding['kind'], string>> = {
  lost: 'lost element',
  duplicated: 'duplicate element',
  unexpected: 'element nobody added',
  'out of order': 'elements out of order',
}

/** What is certainly wrong in a history that no order explains. Nothing is known to be drained in the middle of it. */
const anomalyIn = (pairs: Sequence<Pair>): string | undefined => {
  const accounts = [...accountsOf(pairs)]
  const found = [...findingsIn(accounts, pairs, new Set()), ...outOfOrder(accounts, pairs, false)]
  return KINDS.filter((kind) => found.some((each) => each.kind === kind)).map((kind) => ANOMALIES[kind])[0]
}

/** Queue -> the number of elements that its dequeues with an unknown outcome may have taken: one each, and a drain any number. */
const doubtfulDequeues = (pairs: Sequence<Pair>): ReadonlyMap<Scalar, number> => {
  const counts = new Map<Scalar, number>()
  for (const pair of pairs) {
    if (pair.invocation.f === 'enqueue' || (pair.completion?.type ?? 'info') !== 'info') continue
    const most = pair.invocation.f === 'drain' ? Number.POSITIVE_INFINITY : 1
    counts.set(keyOf(pair), (counts.get(keyOf(pair)) ?? 0) + most)
  }
  return counts
}

/** Elements that were acknowledged in a drained queue and never came out, minus one for each dequeue with an unknown outcome. */
const lostOf = (
  accounts: readonly Named[],
  pairs: Sequence<Pair>,
  drained: ReadonlySet<Scalar>,
): readonly Named[] => {
  const excused = new Map(doubtfulDequeues(pairs))
  return accounts.filter(([, { enqueued, dequeued }]) => {
    if (enqueued?.completion?.type !== 'ok' || dequeued.length > 0 || !drained.has(keyOf(enqueued)))
      return false
    const left = excused.get(keyOf(enqueued)) ?? 0
    excused.set(keyOf(enqueued), left - 1)
    return left <= 0
  })
}

interface Delivered {
  readonly name: string
  readonly enqueued: Pair
  /** The delivery that was over first. */
  readonly first: Pair
}

const endOf = ({ completion }: Pair): number => completion?.index ?? Number.POSITIVE_INFINITY

/** The end of an enqueue that was acknowledged; without an acknowledgement, the element may come at any time. */
const acknowledgedAt = ({ completion }: Pair): number =>
  completion?.type === 'ok' ? completion.index : Number.POSITIVE_INFINITY

const deliveredIn = (accounts: readonly Named[]): readonly Delivered[] =>
  accounts.flatMap(([name, { enqueued, dequeued }]) => {
    const [first, ...others] = dequeued
    if (enqueued === null || first === undefined) return []
    return [{ name, enqueued, first: others.reduce((a, b) => (endOf(b) < endOf(a) ? b : a), first) }]
  })

/** Elements of one queue that were asked for only after an element that was put in later had come out. */
const overtakenIn = (delivered: readonly Delivered[]): readonly QueueFinding[] => {
  const later = delivered.toSorted((a, b) => b.enqueued.invocation.index - a.enqueued.invocation.index)
  let soonest: Delivered | null = null
  let next = 0
  return delivered
    .toSorted((a, b) => acknowledgedAt(b.enqueued) - acknowledgedAt(a.enqueued))
    .flatMap(({ name, enqueued, first }) => {
      for (; next < later.length; next++) {
        const candidate = later[next] as Delivered
        if (candidate.enqueued.invocation.index <= acknowledgedAt(enqueued)) break
        if (soonest === null || endOf(candidate.first) < endOf(soonest.first)) soonest = candidate
      }
      if (soonest === null || endOf(soonest.first) >= first.invocation.index) return []
      const text = `${name} came out after ${soonest.name}, which was put in after it`
      const rows = [{ name, enqueued, first }, soonest].map((each) =>
        rowOf([each.name, { enqueued: each.enqueued, dequeued: [each.first] }], 'out of order'),
      )
      return [finding('out of order', text, [enqueued, first, soonest.enqueued, soonest.first], rows)]
    })
}

/** If elements may come again, each dequeue with an unknown outcome may have been the first delivery of one of them. */
const outOfOrder = (
  accounts: readonly Named[],
  pairs: Sequence<Pair>,
  mayRepeat: boolean,
): readonly QueueFinding[] => {
  const doubtful = mayRepeat ? doubtfulDequeues(pairs) : new Map<Scalar, number>()
  const byQueue = Map.groupBy(deliveredIn(accounts), ({ enqueued }) => keyOf(enqueued))
  return [...byQueue].flatMap(([key, delivered]) => overtakenIn(delivered).slice(doubtful.get(key) ?? 0))
}

const findingsIn = (
  accounts: readonly Named[],
  pairs: Sequence<Pair>,
  drained: ReadonlySet<Scalar>,
): readonly QueueFinding[] => {
  const twice = accounts.filter(([, { dequeued }]) => dequeued.length > 1)
  const strangers = accounts.filter(
    ([, { enqueued, dequeued }]) =>
      dequeued.length > 0 && (enqueued === null || enqueued.completion?.type === 'fail'),
  )
  return [
    ...lostOf(accounts, pairs, drained).map((each) => found('lost', each)),
    ...twice.map((each) => found('duplicated', each)),
    ...strangers.map((each) => found('unexpected', each)),
  ]
}

const allows = (promise: PromiseName, kind: QueueFinding['kind']): boolean =>
  (kind === 'lost' && promise.endsWith('at-most-once')) ||
  (kind === 'duplicated' && promise.endsWith('at-least-once'))

/** Whether it came out although the outcome of its enqueue was unknown. */
const isRecovered = ([, { enqueued, dequeued }]: Named): boolean =>
  dequeued.length > 0 && enqueued !== null && (enqueued.completion?.type ?? 'info') === 'info'

const unprovenBy = (promise: PromiseName, acknowledged: number, left: number): string | null => {
  if (acknowledged === 0) return 'no element was acknowledged'
  if (left === 0) return null
  // Where elements may be lost, it does not matter what is left, but something must have come out.
  if (allows(promise, 'lost')) return left === acknowledged ? 'no acknowledged element came out' : null
  return `${left} may still be in queues that were not drained at the end`
}

const CLEAN: Readonly<Record<string, string>> = {
  'at-least-once': 'none is missing',
  'at-most-once': 'none came out twice',
}

const judge = (record: RunRecord): Judged => {
  const { pairs } = record
  const { name } = weakestOf(record, QUEUE)
  const accounts: readonly Named[] = [...accountsOf(pairs)]
  const drained = drainedQueues(pairs)
  const acknowledged = accounts.filter(([, { enqueued }]) => enqueued?.completion?.type === 'ok')
  const isOut = ([, { dequeued }]: Named): boolean => dequeued.length > 0
  // In a queue that was not drained, what did not come out may still be there.
  const left = acknowledged.filter(
    (each) => !isOut(each) && !(drained.has(keyOf(each[1].enqueued as Pair)) && !allows(name, 'lost')),
  ).length
  const isOrdered = name.startsWith('fifo-')
  const disorder = isOrdered ? outOfOrder(accounts, pairs, allows(name, 'duplicated')) : []
  const findings = [...findingsIn(accounts, pairs, drained), ...disorder]
  const clean = CLEAN[name.replace('fifo-', '')] ?? 'each came out at most once, and none is missing'
  const wrong = new Set(findings.flatMap(({ rows = [] }) => rows.map(({ cells: [name] }) => name)))
  const fine = accounts.filter(([name]) => !wrong.has(clipped(name)))
  return conclude(findings, {
    seen: `${acknowledged.length} acknowledged elements, ${drained.size} drained queues`,
    clean: isOrdered ? `${clean}, and they came out in order` : clean,
    unproven: unprovenBy(name, acknowledged.length, left),
    kinds: KINDS,
    allows: (kind) => allows(name, kind),
    anomalies: ANOMALIES,
    missing: ['lost'],
    table: { columns: COLUMNS, fine: fine.length, fineRows: () => fine.map((each) => rowOf(each)) },
    details: {
      acknowledged: acknowledged.length,
      left,
      recovered: accounts.filter(isRecovered).length,
      drained: drained.size,
    },
  })
}

export const totalQueue = checkerOf({
  name: 'total-queue',
  judgesBeginnings: true,
  judgesObjects: () => true,
  finds: 'elements lost, taken twice, out of order or out of nowhere',
  needs: ['history'],
  promise: promisedOf(QUEUE, 'every acknowledged element comes out as often as is promised'),
  judge,
})
