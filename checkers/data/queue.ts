/**
 * Queues, judged twice: `fifo` by linearizability, and `total-queue` by accounting alone (after Jepsen's checker of that
 * name), which holds where order is not promised: what was acknowledged comes out once, provided that the queue was drained
 * at the end.
 */
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { type Dequeued, QUEUE, type QueueCall } from '../../harness/vocabularies/queue.ts'
import { fifoQueue, type QueueInput, type QueueOutput } from '../porcupine-ts/models/queue.ts'
import { promisedOf } from '../promise.ts'
import { checkerOf, conclude, type Finding, finding, type Judged } from '../verdict.ts'
import { linearizableObject } from './objects.ts'

export const fifo = linearizableObject<readonly number[], QueueInput, QueueOutput>('fifo', {
  finds: 'elements out of order, and whatever else no order explains',
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
})

const KINDS = ['lost', 'duplicated', 'unexpected'] as const
type QueueFinding = Finding<(typeof KINDS)[number]>

interface Account {
  readonly enqueued: Pair | null
  readonly dequeued: readonly Pair[]
}

/** Such as `7 of queue 1`, and what became of it. */
type Named = readonly [string, Account]

const accountsOf = (pairs: readonly Pair[]): ReadonlyMap<string, Account> => {
  const accounts = new Map<string, { enqueued: Pair | null; dequeued: Pair[] }>()
  const of = (key: number, value: number): { enqueued: Pair | null; dequeued: Pair[] } => {
    const name = `${value} of queue ${key}`
    const known = accounts.get(name) ?? { enqueued: null, dequeued: [] }
    accounts.set(name, known)
    return known
  }
  for (const pair of pairs) {
    const call = { f: pair.invocation.f, value: pair.invocation.value } as QueueCall
    if (call.f === 'enqueue') of(call.value.key, call.value.value).enqueued = pair
    else if (pair.completion?.type === 'ok') {
      const { key, value } = pair.completion.value as Dequeued
      if (value !== null) of(key, value).dequeued.push(pair)
    }
  }
  return accounts
}

/** Queues that at the end were found empty, after everything else on them was over. */
const drainedQueues = (pairs: readonly Pair[]): ReadonlySet<number> => {
  const lastEmptyNs = new Map<number, number>()
  const lastPutNs = new Map<number, number>()
  for (const { invocation, completion } of pairs) {
    const { key } = invocation.value as { key: number }
    if (invocation.f === 'enqueue')
      lastPutNs.set(key, Math.max(lastPutNs.get(key) ?? 0, completion?.timeNs ?? invocation.timeNs))
    else if (completion?.type === 'ok' && (completion.value as Dequeued).value === null)
      lastEmptyNs.set(key, invocation.timeNs)
  }
  const isDrained = ([key, emptyNs]: [number, number]): boolean => emptyNs > (lastPutNs.get(key) ?? 0)
  return new Set([...lastEmptyNs].filter(isDrained).map(([key]) => key))
}

const found = (kind: QueueFinding['kind'], [name, { enqueued, dequeued }]: Named): QueueFinding => {
  const at = (operation: Operation): string => formatTimeNs(operation.timeNs)
  const put =
    enqueued === null
      ? 'never enqueued'
      : `enqueued at ${at(enqueued.invocation)} (${enqueued.completion?.type ?? 'info'})`
  const taken = dequeued.map(({ completion }) => `dequeued at ${at(completion as Operation)}`)
  const pairs = enqueued === null ? dequeued : [enqueued, ...dequeued]
  return finding(kind, [name, put, ...taken].join(', '), pairs)
}

const keyOf = ({ invocation }: Pair): number => (invocation.value as { key: number }).key

/** Queue -> dequeues of it in doubt: each may have taken something. */
const doubtfulDequeues = (pairs: readonly Pair[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const pair of pairs) {
    if (pair.invocation.f !== 'dequeue' || (pair.completion?.type ?? 'info') !== 'info') continue
    counts.set(keyOf(pair), (counts.get(keyOf(pair)) ?? 0) + 1)
  }
  return counts
}

/** Acknowledged, in a drained queue, and never taken out; as many of a queue as no dequeue in doubt accounts for. */
const lostOf = (
  accounts: readonly Named[],
  pairs: readonly Pair[],
  drained: ReadonlySet<number>,
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

const findingsIn = (
  accounts: readonly Named[],
  pairs: readonly Pair[],
  drained: ReadonlySet<number>,
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

/** Whether it came out though nobody knew whether it was put in. */
const isRecovered = ([, { enqueued, dequeued }]: Named): boolean =>
  dequeued.length > 0 && enqueued !== null && (enqueued.completion?.type ?? 'info') === 'info'

const judge = ({ pairs }: RunRecord): Judged => {
  const accounts: readonly Named[] = [...accountsOf(pairs)]
  const drained = drainedQueues(pairs)
  const acknowledged = accounts.filter(([, { enqueued }]) => enqueued?.completion?.type === 'ok').length
  return conclude(findingsIn(accounts, pairs, drained), {
    seen: `${acknowledged} acknowledged elements, ${drained.size} drained queues`,
    clean: 'each came out at most once, and none is missing',
    unproven:
      drained.size === 0 ? 'no queue was drained at the end: what is missing may still be in it' : null,
    kinds: KINDS,
    details: { acknowledged, recovered: accounts.filter(isRecovered).length, drained: drained.size },
  })
}

export const totalQueue = checkerOf({
  name: 'total-queue',
  finds: 'elements lost, taken twice, or out of nowhere',
  needs: ['history'],
  promise: promisedOf(QUEUE, 'what was put in comes out exactly once'),
  judge,
})
