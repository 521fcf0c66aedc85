import { inDoubt } from '../../harness/testing/cases.ts'
import { done, type Step } from '../../harness/testing/steps.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LEASE } from '../../harness/vocabularies/lease.ts'
import { LOCK, SEMAPHORE } from '../../harness/vocabularies/locks.ts'
import { MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { logOffsets, logOrder } from '../data/append-log.ts'
import { counter } from '../data/counter.ts'
import { lease } from '../data/lease.ts'
import { linearizability } from '../data/linearizability.ts'
import { fencing, mutex, semaphore } from '../data/locks.ts'
import { multiRegister } from '../data/multi-register.ts'
import { fifo, totalQueue } from '../data/queue.ts'
import { setOfElements } from '../data/set.ts'
import { uniqueIds } from '../data/unique-ids.ts'
import { watch } from '../data/watch.ts'
import { type History, type Row, rows } from './promise-rows.ts'
import { sharedRows } from './shared-promises.ts'

const x = { key: 1 }
// Registers. Keys 1 and 2; process 9 reads.
const write = (process: number, value: number, key = 1) => done(process, 'write', { key, value })
const read = (process: number, value: number | null, key = 1) =>
  done(process, 'read', { key }, { key, value })
const invented = [write(0, 1), read(9, 7)]
/** Both readers agree, each at an old time: in order, but late. */
const stale = [write(0, 1), write(0, 2), read(8, 1), read(8, 2), read(9, 1), read(9, 2)]
/** Two readers see two concurrent writes in different orders. */
const disagree: History = [
  [
    [0, 'invoke', 'write', { key: 1, value: 1 }],
    [1, 'invoke', 'write', { key: 1, value: 2 }],
  ],
  [
    [8, 'invoke', 'read', x],
    [9, 'invoke', 'read', x],
    [8, 'ok', 'read', { key: 1, value: 1 }],
    [9, 'ok', 'read', { key: 1, value: 2 }],
    [8, 'invoke', 'read', x],
    [9, 'invoke', 'read', x],
    [8, 'ok', 'read', { key: 1, value: 2 }],
    [9, 'ok', 'read', { key: 1, value: 1 }],
  ],
  [
    [0, 'ok', 'write', { key: 1, value: 1 }],
    [1, 'ok', 'write', { key: 1, value: 2 }],
  ],
]
const back = [write(0, 1), write(0, 2), read(9, 2), read(9, 1)]
const agreeing = [read(8, 2), read(9, 2)]

const registers = rows(REGISTER, [linearizability({ initial: null })], {
  linearizable: { allowed: [write(0, 1), read(9, 1)], but: null, forbidden: stale },
  sequential: { allowed: stale, but: 'linearizable', forbidden: disagree },
  causal: { allowed: disagree, but: 'sequential', forbidden: back },
  'consistent-prefix': { allowed: back, but: 'causal', forbidden: invented },
  eventual: {
    allowed: [...back, ...agreeing],
    but: 'causal',
    forbidden: [write(0, 1), read(8, null), read(9, null)],
    undecided: [write(0, 1), read(8, 1), read(9, null)],
  },
})

const txn = (process: number, ...ops: readonly (readonly [string, number, unknown])[]): readonly Step[] =>
  done(
    process,
    'txn',
    ops.map(([f, key, value]) => [f, key, f === 'r' ? null : value]),
    ops,
  )
const multi = rows(MULTI_REGISTER, [multiRegister(null)], {
  linearizable: {
    allowed: [txn(0, ['w', 0, 1]), txn(1, ['r', 0, 1])],
    but: null,
    forbidden: [txn(0, ['w', 0, 1]), txn(1, ['r', 0, null])],
  },
  'consistent-prefix': {
    allowed: [txn(0, ['w', 0, 1]), txn(1, ['r', 0, null])],
    but: 'linearizable',
    forbidden: [txn(0, ['w', 0, 1], ['w', 1, 2]), txn(1, ['r', 0, 1], ['r', 1, null])],
  },
  sequential: {
    allowed: [txn(0, ['w', 0, 1]), txn(1, ['r', 0, null])],
    but: 'linearizable',
    // Each misses the write of the other.
    forbidden: [txn(0, ['w', 0, 1]), txn(1, ['w', 1, 1]), txn(0, ['r', 1, null]), txn(1, ['r', 0, null])],
  },
})

const add = (element: string) => done(0, 'add', { element })
const seen = (process: number, ...elements: string[]) => done(process, 'read', {}, { elements })
const sets = rows(SET, [setOfElements], {
  linearizable: {
    allowed: [add('a'), seen(9, 'a')],
    but: null,
    forbidden: [add('a'), seen(9), seen(9, 'a')],
  },
  monotonic: {
    allowed: [add('a'), add('b'), seen(9, 'b'), seen(8, 'a', 'b'), seen(9, 'a', 'b')],
    but: 'consistent-prefix',
    forbidden: [add('a'), seen(9, 'a'), seen(9), seen(9, 'a')],
  },
  'consistent-prefix': {
    allowed: [add('a'), seen(9, 'a'), seen(9), seen(9, 'a')],
    but: 'monotonic',
    forbidden: [add('a'), add('b'), seen(9, 'b'), seen(9, 'a', 'b')],
    undecided: [add('a'), seen(9), add('b'), inDoubt(1, 'add', { element: 'c' })],
  },
  eventual: {
    allowed: [add('a'), add('b'), seen(9, 'b'), seen(9), seen(9, 'a', 'b')],
    but: 'consistent-prefix',
    forbidden: [add('a'), add('b'), seen(8, 'a'), seen(9, 'a')],
    undecided: [add('a'), seen(8), seen(9, 'a')],
  },
})

const plus = (delta: number) => done(0, 'add', { key: 'hits', delta })
const sum = (process: number, value: number) => done(process, 'read', { key: 'hits' }, { key: 'hits', value })
const counters = rows(COUNTER, [counter], {
  linearizable: { allowed: [plus(2), sum(9, 2)], but: null, forbidden: [plus(2), sum(9, 0), sum(9, 2)] },
  'consistent-prefix': {
    allowed: [plus(2), sum(9, 0), sum(9, 2)],
    but: 'linearizable',
    forbidden: [plus(2), plus(3), sum(9, 3), sum(9, 5)],
  },
  eventual: {
    allowed: [plus(2), plus(3), sum(9, 3), sum(9, 5)],
    but: 'consistent-prefix',
    forbidden: [plus(2), plus(3), sum(8, 3), sum(9, 3)],
    undecided: [plus(2), plus(3), sum(8, 3), sum(9, 5)],
  },
})

const put = (value: string, process = 0) => done(process, 'enqueue', { key: 'q', value })
const take = (value: string | null) => done(9, 'dequeue', { key: 'q' }, { key: 'q', value })
const [lost, again, swapped] = [
  [put('a'), put('b'), take('b'), take(null)],
  [put('a'), put('b'), take('a'), take('b'), take('a'), take(null)],
  [put('a'), put('b'), take('b'), take('a'), take(null)],
]
const fine = [put('a'), put('b'), take('a'), take('b'), take(null)]
/** Linearizable queues are never empty while something is in them. */
const emptyBetween = [put('a'), take(null), take('a'), take(null)]
const queues = rows(QUEUE, [fifo, totalQueue], {
  linearizable: { allowed: fine, but: null, forbidden: emptyBetween },
  'fifo-exactly-once': { allowed: emptyBetween, but: 'linearizable', forbidden: swapped },
  'fifo-at-least-once': { allowed: again, but: 'fifo-exactly-once', forbidden: swapped },
  'fifo-at-most-once': { allowed: lost, but: 'fifo-exactly-once', forbidden: swapped },
  'exactly-once': { allowed: swapped, but: 'fifo-exactly-once', forbidden: again },
  'at-least-once': { allowed: [...swapped, take('b')], but: 'exactly-once', forbidden: lost },
  'at-most-once': { allowed: lost, but: 'exactly-once', forbidden: [...swapped, take('b')] },
})

const append = (value: string, offset: number) =>
  done(0, 'append', { key: 'l', value }, { key: 'l', value, offset })
const logged = (...values: string[]) => done(9, 'read', { key: 'l' }, { key: 'l', values })
const logs = rows(APPEND_LOG, [logOrder, logOffsets], {
  linearizable: { allowed: [append('a', 0), logged('a')], but: null, forbidden: [append('a', 0), logged()] },
  'consistent-prefix': {
    allowed: [append('a', 0), logged()],
    but: 'linearizable',
    forbidden: [append('a', 0), append('b', 1), logged('b')],
  },
  'at-least-once': {
    allowed: [append('a', 0), append('b', 2), logged('a', 'a', 'b')],
    but: 'consistent-prefix',
    forbidden: [append('a', 0), append('b', 0), logged('b')],
  },
  'at-most-once': {
    allowed: [append('a', 0), append('b', 0), logged('b')],
    but: 'consistent-prefix',
    forbidden: [append('a', 0), append('b', 2), logged('a', 'a', 'b')],
  },
})

const acquire = (owner: number, isDone: boolean, token?: number) =>
  done(owner, 'acquire', { key: 1, owner }, { done: isDone, ...(token === undefined ? {} : { token }) })
const release = (owner: number) => done(owner, 'release', { key: 1, owner }, { done: true })
const oneByOne = [acquire(1, true, 1), release(1), acquire(2, true, 2)]
const [twoHolders, sameToken] = [
  [acquire(1, true, 1), acquire(2, true, 2)],
  [acquire(1, true, 5), release(1), acquire(2, true, 5)],
]
const locks = {
  linearizable: { allowed: oneByOne, but: null, forbidden: sameToken },
  exclusive: { allowed: sameToken, but: 'linearizable', forbidden: twoHolders },
  fenced: { allowed: twoHolders, but: 'exclusive', forbidden: sameToken },
} as const
const semaphores = rows(SEMAPHORE, [semaphore(2)], {
  linearizable: {
    allowed: [acquire(1, true), acquire(2, true), acquire(3, false)],
    but: null,
    forbidden: [acquire(1, true), acquire(2, false)],
  },
  exclusive: {
    allowed: [acquire(1, true), acquire(2, false)],
    but: 'linearizable',
    forbidden: [acquire(1, true), acquire(2, true), acquire(3, true)],
  },
})

const generate = (id: number | string) => done(0, 'generate', {}, { id })
const ids = rows(UNIQUE_IDS, [uniqueIds], {
  ordered: { allowed: [generate(1), generate(3)], but: null, forbidden: [generate(3), generate(1)] },
  unique: {
    allowed: [generate(3), generate(1)],
    but: 'ordered',
    forbidden: [generate(3), generate(3)],
  },
})

const event = (revision: number) => ({ revision, key: 1, value: revision })
const change = (revision: number) => done(0, 'put', { key: 1, value: revision }, event(revision))
const watched = (upTo: number, ...revisions: number[]) =>
  done(9, 'watch', { after: 0 }, { events: revisions.map(event), upTo })
const changes = [change(1), change(2)]
const watches = rows(WATCH, [watch], {
  'exactly-once': {
    allowed: [...changes, watched(2, 1, 2)],
    but: null,
    forbidden: [...changes, watched(2, 2, 1)],
  },
  'at-least-once': {
    allowed: [...changes, watched(2, 1, 1, 2)],
    but: 'exactly-once',
    forbidden: [...changes, watched(2, 2)],
  },
  'at-most-once': {
    allowed: [...changes, watched(2, 2)],
    but: 'exactly-once',
    forbidden: [...changes, watched(2, 1, 1, 2)],
  },
})

export const table: readonly Row[] = [
  ...registers,
  ...multi,
  ...sets,
  ...counters,
  ...queues,
  ...logs,
  ...rows(LOCK, [mutex(LOCK), fencing(LOCK)], locks),
  ...rows(LEASE, [lease(LEASE)], locks),
  ...semaphores,
  ...ids,
  ...sharedRows,
  ...watches,
]
