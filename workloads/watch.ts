/** Some threads change keys. The others watch, each from its last position. At the end, watchers read all changes again. */
import { watch as checker } from '../checkers/data/watch.ts'
import type { GeneratorContext, OpGenerator, Thread } from '../harness/api/generator.ts'
import { afterAnswer, afterFailure, isOver, PATIENT, type Patience } from '../harness/generators/patience.ts'
import { eachThread, onThreads } from '../harness/generators/threads.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { WATCH, type WatchCall, type Watched } from '../harness/vocabularies/watch.ts'
import { standing } from './standing.ts'

const KEYS = 4
/** A final watch counts as complete after this many answers without a change; it stops after MOST_FAILURES failures in a row. */
const EMPTY_ANSWERS = 2
const MOST_FAILURES = 10

interface Threads {
  readonly watchers: number
  readonly concurrency: number
  /** The share of changes that delete a key. */
  readonly deletes: number
  /** The share of watches that go on where the furthest watcher is. */
  readonly takeovers: number
  /** Watcher -> the last revision that it has seen. */
  readonly seen: ReadonlyMap<Thread, number>
  readonly furthest: number
}

/** The thread with the fewest operations comes first, so that neither side starves the other. */
const watchAndPut = (threads: Threads): OpGenerator<WatchCall> => {
  const self: OpGenerator<WatchCall> = {
    next: (context) => {
      const [thread] = context.free.toSorted((a, b) => context.ordinal(a) - context.ordinal(b))
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const call: WatchCall =
        thread < threads.watchers
          ? { f: 'watch', value: { after: startOf(threads, thread, context) } }
          : putBy(threads, thread, context)
      return { type: 'invoke', atNs: context.nowNs, thread, call, next: self }
    },
    update: (_context, { thread, operation }) => {
      if (operation.type !== 'ok' || operation.f !== 'watch') return self
      const { upTo } = operation.value as Watched
      const seen = new Map(threads.seen).set(thread, upTo)
      return watchAndPut({ ...threads, seen, furthest: Math.max(threads.furthest, upTo) })
    },
  }
  return self
}

/** Whoever takes over from another watcher may ask a node that is not so far yet. */
const startOf = (
  { takeovers, seen, furthest }: Threads,
  thread: Thread,
  context: GeneratorContext,
): number => (context.draw(thread).fork('takeover').float() < takeovers ? furthest : (seen.get(thread) ?? 0))

const putBy = ({ concurrency, deletes }: Threads, thread: Thread, context: GeneratorContext): WatchCall => {
  const ordinal = context.ordinal(thread)
  const draw = context.draw(thread)
  const key = draw.int(KEYS)
  const value = draw.float() < deletes ? null : 1 + ordinal * concurrency + thread
  return { f: 'put', value: { key, value } }
}

/** How far a watcher came that watches all changes again. */
interface Rereading {
  readonly after: number
  readonly emptyAnswers: number
  readonly patience: Patience
  readonly isWaiting: boolean
}

const FROM_THE_FIRST: Rereading = { after: 0, emptyAnswers: 0, patience: PATIENT, isWaiting: false }

/** Watches all changes again, to the last. */
const rereading = (state = FROM_THE_FIRST): OpGenerator<WatchCall> => {
  const { after, emptyAnswers, patience, isWaiting } = state
  const then = (change: Partial<Rereading>): OpGenerator<WatchCall> =>
    rereading({ ...state, isWaiting: false, ...change })
  return {
    next: ({ free, nowNs }) => {
      const thread = free[0]
      if (emptyAnswers === EMPTY_ANSWERS || isOver(patience, MOST_FAILURES, nowNs)) return { type: 'done' }
      if (isWaiting || thread === undefined)
        return { type: 'pending', wakeNs: null, next: then({ isWaiting }) }
      if (nowNs < patience.dueNs) return { type: 'pending', wakeNs: patience.dueNs, next: then({}) }
      const call: WatchCall = { f: 'watch', value: { after } }
      return { type: 'invoke', atNs: nowNs, thread, call, next: then({ isWaiting: true }) }
    },
    update: ({ nowNs }, { operation }) => {
      if (operation.type === 'invoke') return then({ isWaiting })
      if (operation.type !== 'ok') return then({ patience: afterFailure(patience, nowNs) })
      const { upTo } = operation.value as Watched
      const empty = upTo === after ? emptyAnswers + 1 : 0
      return then({ after: upTo, emptyAnswers: empty, patience: afterAnswer(nowNs) })
    },
  }
}

export const watch = defineWorkload({
  name: 'watch',
  description: 'changes and watchers: is any change missed, seen twice, out of order, or invented?',
  vocabulary: WATCH,
  options: {
    watchers: { type: 'share', default: 0.5, description: 'share of threads that watch' },
    takeovers: {
      type: 'share',
      default: 0.1,
      description:
        'share of watches that take over from the watcher that came furthest, perhaps at another node, which may be behind it',
    },
    deletes: { type: 'share', default: 0.2, description: 'share of changes that delete a key' },
  },
  generator: (_rng, options, { concurrency }) => {
    const watchers = Math.max(1, Math.floor(concurrency * options.watchers))
    const { deletes, takeovers } = options
    return watchAndPut({ watchers, concurrency, deletes, takeovers, seen: new Map(), furthest: 0 })
  },
  finalGenerator: (_rng, _options, { nodes, concurrency }) =>
    onThreads(
      (thread) => thread < Math.min(nodes, concurrency),
      eachThread(() => rereading()),
    ),
  checkers: () => [checker, ...standing],
})
