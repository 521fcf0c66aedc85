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
import { type Dequeued, QUEUE, type QueueCall } from '../../harness/vocabularies/queue.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { Fingerprints } from '../fingerprints.ts'
import { fifoQueue, type QueueInput, type QueueOutput } from '../porcupine-ts/models/queue.ts'
import { promisedOf, weakestOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { conclude, type Finding, finding, foldingChecker, type Judged } from '../verdict.ts'
import { clipped } from '../view-limits.ts'
import { linearizableObject } from './objects.ts'
import { type Account, Accounts } from './queue-accounts.ts'

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

const at = (operation: Operation): string => formatTimeNs(operation.timeNs)

/** An element with which something is wrong. There may be millions: it is put into words only if it is shown. */
class ElementFinding implements QueueFinding {
  readonly kind: QueueFinding['kind']
  readonly #accounts: Accounts
  readonly #element: number

  constructor(kind: QueueFinding['kind'], accounts: Accounts, element: number) {
    this.kind = kind
    this.#accounts = accounts
    this.#element = element
  }

  get #account(): Account {
    return this.#accounts.account(this.#element)
  }

  get text(): string {
    const { name, enqueued, dequeued } = this.#account
    const put =
      enqueued.length === 0
        ? ['never enqueued']
        : enqueued.map((pair) => `enqueued at ${at(pair.invocation)} (${outcomeOf(pair)})`)
    const taken = dequeued.map(({ completion }) => `dequeued at ${at(completion as Operation)}`)
    return [name, ...put, ...taken].join(', ')
  }

  get operations(): readonly number[] {
    return operationsOf(this.#account)
  }

  get rows(): readonly TableRow[] {
    return [rowOf(this.#account, this.kind)]
  }
}

const outcomeOf = ({ completion }: Pair): string => completion?.type ?? 'info'

const operationsOf = ({ enqueued, dequeued }: Account): readonly number[] =>
  [...enqueued, ...dequeued].map(({ invocation }) => invocation.index)

const COLUMNS = ['element', 'enqueued', 'outcome', 'came out']

const rowOf = (account: Account, mark?: QueueFinding['kind']): TableRow => {
  const { name, enqueued, dequeued } = account
  const orNever = (times: readonly string[]): string => (times.length === 0 ? 'never' : times.join(', '))
  return tableRow(
    [
      name,
      orNever(enqueued.map(({ invocation }) => at(invocation))),
      enqueued.map(outcomeOf).join(', '),
      orNever(dequeued.map(({ completion }) => at(completion as Operation))),
    ],
    operationsOf(account),
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
  const accounts = new Accounts(pairs)
  for (const [place, pair] of pairs.entries()) accounts.take(pair, place)
  const found = [...findingsIn(accounts, new Set()), ...outOfOrder(accounts, false)]
  return KINDS.filter((kind) => found.some((each) => each.kind === kind)).map((kind) => ANOMALIES[kind])[0]
}

/** How often it was acknowledged and did not come out. */
const missingOf = (accounts: Accounts, element: number): number =>
  Math.max(0, accounts.acknowledged(element) - accounts.out(element))

/** Elements of drained queues that did not come out as often as was acknowledged, minus one for each dequeue with an unknown outcome. */
const lostOf = (accounts: Accounts, drained: ReadonlySet<Scalar>): readonly number[] => {
  const excused = accounts.doubtful()
  return accounts.where((element) => {
    const key = accounts.keyOf(element)
    const missing = missingOf(accounts, element)
    if (missing === 0 || !drained.has(key)) return false
    const left = (excused.get(key) ?? 0) - missing
    excused.set(key, left)
    return left < 0
  })
}

const keyOf = ({ invocation }: Pair): Scalar => (invocation.value as { key: Scalar }).key

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

/** Of a value that was put in several times, nobody knows which of them came out. */
const deliveredIn = (accounts: Accounts): readonly Delivered[] =>
  accounts
    .where((element) => accounts.out(element) > 0 && accounts.possible(element) === 1)
    .flatMap((element) => {
      const account = accounts.account(element)
      const { name, dequeued } = account
      const enqueued = account.enqueued.find((pair) => outcomeOf(pair) !== 'fail')
      const [first, ...others] = dequeued
      if (enqueued === undefined || first === undefined) return []
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
        rowOf({ name: each.name, enqueued: [each.enqueued], dequeued: [each.first] }, 'out of order'),
      )
      return [finding('out of order', text, [enqueued, first, soonest.enqueued, soonest.first], rows)]
    })
}

/** If elements may come again, each dequeue with an unknown outcome may have been the first delivery of one of them. */
const outOfOrder = (accounts: Accounts, mayRepeat: boolean): readonly QueueFinding[] => {
  const doubtful = mayRepeat ? accounts.doubtful() : new Map<Scalar, number>()
  const byQueue = Map.groupBy(deliveredIn(accounts), ({ enqueued }) => keyOf(enqueued))
  return [...byQueue].flatMap(([key, delivered]) => overtakenIn(delivered).slice(doubtful.get(key) ?? 0))
}

const findingsIn = (accounts: Accounts, drained: ReadonlySet<Scalar>): readonly QueueFinding[] => {
  const all = (kind: QueueFinding['kind'], elements: readonly number[]): readonly QueueFinding[] =>
    elements.map((element) => new ElementFinding(kind, accounts, element))
  const isStranger = (element: number): boolean =>
    accounts.out(element) > 0 && accounts.possible(element) === 0
  const isDuplicated = (element: number): boolean =>
    accounts.out(element) > Math.max(1, accounts.possible(element))
  return [
    ...all('lost', lostOf(accounts, drained)),
    ...all('duplicated', accounts.where(isDuplicated)),
    ...all('unexpected', accounts.where(isStranger)),
  ]
}

const allows = (promise: PromiseName, kind: QueueFinding['kind']): boolean =>
  (kind === 'lost' && promise.endsWith('at-most-once')) ||
  (kind === 'duplicated' && promise.endsWith('at-least-once'))

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

/** Elements that no row of the findings is about. */
const fineIn = (accounts: Accounts, findings: readonly QueueFinding[]): ((element: number) => boolean) => {
  const wrong = new Fingerprints()
  for (const { rows = [] } of findings) for (const { cells } of rows) wrong.add(cells[0] as string)
  return (element) => wrong.size === 0 || !wrong.has(clipped(accounts.nameOf(element)))
}

const judge = (record: RunRecord, accounts: Accounts): Judged => {
  const { name } = weakestOf(record, QUEUE)
  const drained = accounts.drained()
  const acknowledged = accounts.sum((element) => accounts.acknowledged(element))
  // In a queue that was not drained, what did not come out may still be there.
  const left = accounts.sum((element) =>
    drained.has(accounts.keyOf(element)) && !allows(name, 'lost') ? 0 : missingOf(accounts, element),
  )
  /** Whether it came out although the outcome of its enqueue was unknown. */
  const isRecovered = (element: number): boolean =>
    accounts.out(element) > 0 && accounts.acknowledged(element) === 0 && accounts.possible(element) > 0
  const isOrdered = name.startsWith('fifo-')
  const disorder = isOrdered ? outOfOrder(accounts, allows(name, 'duplicated')) : []
  const findings = [...findingsIn(accounts, drained), ...disorder]
  const clean = CLEAN[name.replace('fifo-', '')] ?? 'each came out at most once, and none is missing'
  const isFine = fineIn(accounts, findings)
  return conclude(findings, {
    seen: `${acknowledged} acknowledged elements, ${drained.size} drained queues`,
    clean: isOrdered ? `${clean}, and they came out in order` : clean,
    unproven: unprovenBy(name, acknowledged, left),
    kinds: KINDS,
    allows: (kind) => allows(name, kind),
    anomalies: ANOMALIES,
    missing: ['lost'],
    table: {
      columns: COLUMNS,
      fine: accounts.count(isFine),
      fineRows: () => accounts.where(isFine).map((element) => rowOf(accounts.account(element))),
    },
    details: { acknowledged, left, recovered: accounts.count(isRecovered), drained: drained.size },
  })
}

export const totalQueue = foldingChecker({
  name: 'total-queue',
  judgesBeginnings: true,
  judgesObjects: () => true,
  finds: 'elements lost, taken twice, out of order or out of nowhere',
  needs: ['history'],
  promise: promisedOf(QUEUE, 'every acknowledged element comes out as often as is promised'),
  fold: (record) => {
    const accounts = new Accounts(record.pairs)
    return { take: (pair, place) => accounts.take(pair, place), result: () => judge(record, accounts) }
  },
})
