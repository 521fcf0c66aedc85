/** Some threads change keys. The others watch, each from its last position. At the end, watchers read all changes again. */
import { watch as checker } from '../checkers/data/watch.ts'
import type { GeneratorContext, OpGenerator, Thread } from '../harness/api/generator.ts'
import { eachThread, onThreads } from '../harness/generators/threads.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { WATCH, type WatchCall, type Watched } from '../harness/vocabularies/watch.ts'
import { standing } from './standing.ts'

const KEYS = 4
/** A final watch counts as complete after this many answers without a change; it stops after MOST_FAILURES failures. */
const EMPTY_ANSWERS = 2
const MOST_FAILURES = 10

interface Threads {
  readonly watchers: number
  readonly concurrency: number
  /** The share of changes that delete a key. */
  readonly deletes: number
  /** Watcher -> the last revision that it has seen. */
  readonly seen: ReadonlyMap<Thread, number>
}

/** The thread with the fewest operations comes first, so that neither side starves the other. */
const watchAndPut = (threads: Threads): OpGenerator<WatchCall> => {
  const self: OpGenerator<WatchCall> = {
    next: (context) => {
      const [thread] = context.free.toSorted((a, b) => context.ordinal(a) - context.ordinal(b))
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const call: WatchCall =
        thread < threads.watchers
          ? { f: 'watch', value: { after: threads.seen.get(thread) ?? 0 } }
          : putBy(threads, thread, context)
      return { type: 'invoke', atNs: context.nowNs, thread, call, next: self }
    },
    update: (_context, { thread, operation }) => {
      if (operation.type !== 'ok' || operation.f !== 'watch') return self
      const seen = new Map(threads.seen).set(thread, (operation.value as Watched).upTo)
      return watchAndPut({ ...threads, seen })
    },
  }
  return self
}

const putBy = ({ concurrency, deletes }: Threads, thread: Thread, context: GeneratorContext): WatchCall => {
  const ordinal = context.ordinal(thread)
  const draw = context.draw(thread)
  const key = draw.int(KEYS)
  const value = draw.float() < deletes ? null : 1 + ordinal * concurrency + thread
  return { f: 'put', value: { key, value } }
}

/** Watches all changes again, from the first to the last. */
const rereading = (after = 0, empty = 0, failures = 0, waiting = false): OpGenerator<WatchCall> => ({
  next: (context) => {
    const thread = context.free[0]
    if (empty === EMPTY_ANSWERS || failures === MOST_FAILURES) return { type: 'done' }
    if (waiting || thread === undefined)
      return { type: 'pending', wakeNs: null, next: rereading(after, empty, failures, waiting) }
    const call: WatchCall = { f: 'watch', value: { after } }
    return {
      type: 'invoke',
      atNs: context.nowNs,
      thread,
      call,
      next: rereading(after, empty, failures, true),
    }
  },
  update: (_context, { operation }) => {
    if (operation.type === 'invoke') return rereading(after, empty, failures, waiting)
    if (operation.type !== 'ok') return rereading(after, empty, failures + 1)
    const { upTo } = operation.value as Watched
    return rereading(upTo, upTo === after ? empty + 1 : 0, failures)
  },
})

export const watch = defineWorkload({
  name: 'watch',
  description: 'changes and watchers: is any change missed, seen twice, out of order, or invented?',
  vocabulary: WATCH,
  options: {
    watchers: { type: 'share', default: 0.5, description: 'share of threads that watch' },
    deletes: { type: 'share', default: 0.2, description: 'share of changes that delete a key' },
  },
  generator: (_rng, options, { concurrency }) => {
    const watchers = Math.max(1, Math.floor(concurrency * options.watchers))
    return watchAndPut({ watchers, concurrency, deletes: options.deletes, seen: new Map() })
  },
  finalGenerator: (_rng, _options, { nodes, concurrency }) =>
    onThreads(
      (thread) => thread < Math.min(nodes, concurrency),
      eachThread(() => rereading()),
    ),
  checkers: () => [checker, ...standing],
})
