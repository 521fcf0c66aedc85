/** Elements added to one set, none twice; all that is in it is read at the end. */
import { agreement } from '../checkers/agreement.ts'
import { recovery } from '../checkers/recovery.ts'
import { setOfElements } from '../checkers/set.ts'
import { statistics } from '../checkers/statistics.ts'
import type { OpGenerator, Thread, Workload } from '../harness/api.ts'
import { calls, eachUntilOk } from '../harness/generators/combinators.ts'
import { eachThread, onThreads } from '../harness/generators/threads.ts'
import { SET, type SetCall } from '../harness/vocabularies/set.ts'

const FINAL_ATTEMPTS = 5
const READ: SetCall = { f: 'read', value: {} }

/** Unique over the run. */
const elementAt = (concurrency: number, thread: Thread, ordinal: number): number =>
  ordinal * concurrency + thread

export const set: Workload<SetCall> = {
  name: 'set',
  description: 'elements added to one set, and read back at the end: is any lost, or any invented?',
  vocabulary: SET,
  options: {
    reads: { type: 'number', default: 0.02, description: 'share of reads while the run goes on' },
  },
  generator: (_rng, options, { concurrency }): OpGenerator<SetCall> =>
    calls((draw, thread, ordinal) =>
      draw.fork('kind').float() < (options.reads as number)
        ? READ
        : { f: 'add', value: { element: elementAt(concurrency, thread, ordinal) } },
    ),
  finalGenerator: (_rng, _options, { nodes, concurrency }) => {
    const readers = Math.min(nodes, concurrency)
    return onThreads(
      (thread) => thread < readers,
      eachThread(() => eachUntilOk([READ], FINAL_ATTEMPTS)),
    )
  },
  checkers: () => [setOfElements, agreement, recovery, statistics],
}
