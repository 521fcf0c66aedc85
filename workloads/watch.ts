/** Some threads change keys, the others watch, each going on from where it was; at the end all see everything again. */
import { watch as checker } from '../checkers/watch.ts'
import type { OpGenerator, Rng, Thread, Workload } from '../harness/api.ts'
import { any } from '../harness/generators/combinators.ts'
import { eachThread, onThreads } from '../harness/generators/threads.ts'
import { WATCH, type WatchCall, type Watched } from '../harness/vocabularies/watch.ts'
import { keyed } from './keyed.ts'
import { standing } from './standing.ts'

const KEYS = { keys: 4, perKey: 100 }
/** Answers without any change until a final watch is held to have seen all; and in all at most. */
const EMPTY_ANSWERS = 2
const MOST_FAILURES = 10

/** Goes on after what it has seen; what was not answered is asked again. */
const watching = (after = 0): OpGenerator<WatchCall> => {
  const self: OpGenerator<WatchCall> = {
    next: (context) => {
      const thread = context.free[0]
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const call: WatchCall = { f: 'watch', value: { after } }
      return { type: 'invoke', atNs: context.nowNs, thread, call, next: self }
    },
    update: (_context, { operation }) =>
      operation.type === 'ok' && operation.f === 'watch' ? watching((operation.value as Watched).upTo) : self,
  }
  return self
}

/** From the beginning to the end. */
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

const puts = (concurrency: number): OpGenerator<WatchCall> =>
  keyed(KEYS, ({ thread, ordinal, key }) => ({
    f: 'put',
    value: { key: key('of'), value: 1 + ordinal * concurrency + thread },
  }))

export const watch: Workload<WatchCall> = {
  name: 'watch',
  description: 'changes that others watch: is any missed, seen twice, out of order, or invented?',
  vocabulary: WATCH,
  options: {
    watchers: { type: 'number', default: 0.5, description: 'share of the threads that watch' },
  },
  generator: (_rng: Rng, options, { concurrency }) => {
    const watchers = Math.max(1, Math.floor(concurrency * (options.watchers as number)))
    const isWatcher = (thread: Thread): boolean => thread < watchers
    return any(
      onThreads(
        isWatcher,
        eachThread(() => watching()),
      ),
      onThreads((thread) => !isWatcher(thread), puts(concurrency)),
    )
  },
  finalGenerator: (_rng, _options, { nodes, concurrency }) =>
    onThreads(
      (thread) => thread < Math.min(nodes, concurrency),
      eachThread(() => rereading()),
    ),
  checkers: () => [checker, ...standing],
}
