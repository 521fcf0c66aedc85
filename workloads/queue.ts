/** Enqueues and dequeues; all queues are drained at the end. */
import { fifo, totalQueue } from '../checkers/data/queue.ts'
import type { OpGenerator } from '../harness/api/generator.ts'
import { onThreads } from '../harness/generators/threads.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { QUEUE, type QueueCall } from '../harness/vocabularies/queue.ts'
import { keyed, keyOptions, keysOf, usedKeys } from './keyed.ts'
import { standing } from './standing.ts'

/** A queue counts as empty after this many empty answers: a value that was enqueued by a retry may arrive late. */
const EMPTY_ANSWERS = 2
/** Failed dequeues of all queues together, after which draining stops. */
const MOST_FAILURES = 20

/** Dequeues from each queue until it is empty. One that does not answer waits until the others are empty. */
const drain = (
  keys: readonly number[],
  empty = 0,
  failures = 0,
  waiting = false,
): OpGenerator<QueueCall> => ({
  next: (context) => {
    const [key] = keys
    if (key === undefined || failures > MOST_FAILURES) return { type: 'done' }
    const thread = context.free[0]
    if (waiting || thread === undefined)
      return { type: 'pending', wakeNs: null, next: drain(keys, empty, failures, waiting) }
    const call: QueueCall = { f: 'dequeue', value: { key } }
    return { type: 'invoke', atNs: context.nowNs, thread, call, next: drain(keys, empty, failures, true) }
  },
  update: (_context, { operation }) => {
    if (operation.type === 'invoke') return drain(keys, empty, failures, waiting)
    if (operation.type !== 'ok') return drain([...keys.slice(1), ...keys.slice(0, 1)], 0, failures + 1)
    if ((operation.value as { value: number | null }).value !== null) return drain(keys, 0, failures)
    return empty + 1 === EMPTY_ANSWERS ? drain(keys.slice(1), 0, failures) : drain(keys, empty + 1, failures)
  },
})

export const queue = defineWorkload({
  name: 'queue',
  description: 'enqueues and dequeues: is any element lost, out of order, or dequeued twice?',
  vocabulary: QUEUE,
  options: {
    ...keyOptions(2, 100),
    enqueues: { type: 'share', default: 0.55, description: 'share of enqueues; the rest are dequeues' },
  },
  generator: (_rng, options, { concurrency }) =>
    keyed(keysOf(options), ({ rng, thread, ordinal, key }) =>
      rng.fork('kind').float() < options.enqueues
        ? { f: 'enqueue', value: { key: key('of'), value: 1 + ordinal * concurrency + thread } }
        : { f: 'dequeue', value: { key: key('of') } },
    ),
  finalGenerator: (_rng, options, context) =>
    onThreads((thread) => thread === 0, drain(usedKeys(keysOf(options), context))),
  checkers: () => [fifo, totalQueue, ...standing],
})
