/** Enqueues and dequeues; all queues are drained at the end. */
import { fifo, totalQueue } from '../checkers/data/queue.ts'
import type { OpGenerator } from '../harness/api/generator.ts'
import { afterAnswer, afterFailure, isOver, PATIENT, type Patience } from '../harness/generators/patience.ts'
import { onThreads } from '../harness/generators/threads.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { type Dequeued, QUEUE, type QueueCall } from '../harness/vocabularies/queue.ts'
import { keyed, keyOptions, keysOf, usedKeys } from './keyed.ts'
import { standing } from './standing.ts'

/** A queue counts as empty after this many empty answers: a value that was enqueued by a retry may arrive late. */
const EMPTY_ANSWERS = 2
/** After so many dequeues in a row that failed, of whatever queues, draining stops. */
const MOST_FAILURES = 20

interface Draining {
  readonly keys: readonly number[]
  /** The place of the queue that is drained now. */
  readonly at: number
  /** Queues that did not answer: their turn comes again when the others are empty. */
  readonly again: readonly number[]
  readonly emptyAnswers: number
  readonly patience: Patience
  readonly isWaiting: boolean
}

/** Dequeues from each queue until it is empty. */
const drain = (state: Draining): OpGenerator<QueueCall> => {
  const then = (change: Partial<Draining>): OpGenerator<QueueCall> =>
    drain({ ...state, isWaiting: false, ...change })
  const nextQueue = { at: state.at + 1, emptyAnswers: 0 }
  return {
    next: (context) => {
      const { keys, at, again, patience, isWaiting } = state
      const key = keys[at]
      if (isOver(patience, MOST_FAILURES, context.nowNs)) return { type: 'done' }
      if (key === undefined)
        return again.length === 0 ? { type: 'done' } : then({ keys: again, at: 0, again: [] }).next(context)
      const thread = context.free[0]
      if (isWaiting || thread === undefined)
        return { type: 'pending', wakeNs: null, next: then({ isWaiting }) }
      if (context.nowNs < patience.dueNs) return { type: 'pending', wakeNs: patience.dueNs, next: then({}) }
      const call: QueueCall = { f: 'dequeue', value: { key } }
      return { type: 'invoke', atNs: context.nowNs, thread, call, next: then({ isWaiting: true }) }
    },
    update: ({ nowNs }, { operation }) => {
      const { keys, at, again, emptyAnswers, isWaiting } = state
      if (operation.type === 'invoke') return then({ isWaiting })
      if (operation.type !== 'ok')
        return then({
          ...nextQueue,
          again: [...again, keys[at] as number],
          patience: afterFailure(state.patience, nowNs),
        })
      const patience = afterAnswer(nowNs)
      const isEmpty = (operation.value as Dequeued).value === null
      if (isEmpty && emptyAnswers + 1 === EMPTY_ANSWERS) return then({ ...nextQueue, patience })
      return then({ emptyAnswers: isEmpty ? emptyAnswers + 1 : 0, patience })
    },
  }
}

/** Nothing was asked yet. */
const FRESH = { at: 0, again: [], emptyAnswers: 0, patience: PATIENT, isWaiting: false }

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
    onThreads((thread) => thread === 0, drain({ ...FRESH, keys: usedKeys(keysOf(options), context) })),
  checkers: () => [fifo, totalQueue, ...standing],
})
