/** Adds elements to one set, each at most once. The whole set is read at the end. */
import { setOfElements } from '../checkers/data/set.ts'
import type { OpGenerator, Thread } from '../harness/api/generator.ts'
import { calls } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { SET, type SetCall } from '../harness/vocabularies/set.ts'
import { atEveryNode } from './keyed.ts'
import { standing } from './standing.ts'

const READ: SetCall = { f: 'read', value: {} }

/** Unique over the run. */
const elementAt = (concurrency: number, thread: Thread, ordinal: number): number =>
  ordinal * concurrency + thread

export const set = defineWorkload({
  name: 'set',
  description: 'additions to one set, read back at the end: is any element lost or invented?',
  vocabulary: SET,
  options: {
    reads: { type: 'share', default: 0.02, description: 'share of reads during the run' },
  },
  generator: (_rng, options, { concurrency }): OpGenerator<SetCall> =>
    calls((draw, thread, ordinal) =>
      draw.fork('kind').float() < options.reads
        ? READ
        : { f: 'add', value: { element: elementAt(concurrency, thread, ordinal) } },
    ),
  finalGenerator: (_rng, _options, context) => atEveryNode([READ], context),
  checkers: () => [setOfElements, ...standing],
})
