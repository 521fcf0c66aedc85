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

/** The n-th operation of a thread is an addition, or one of the few reads among them. */
const isOver = (additions: number, ordinal: number): boolean => additions > 0 && ordinal >= additions

export const set = defineWorkload({
  name: 'set',
  description: 'additions to one set, read back at the end: is any element lost or invented?',
  vocabulary: SET,
  options: {
    reads: { type: 'share', default: 0.02, description: 'share of reads during the run' },
    additions: {
      type: 'number',
      default: 0,
      description:
        'additions of each thread, after which clients only read; 0: no limit. A read returns the whole set, which for hours is too much',
    },
  },
  generator: (_rng, options, { concurrency }): OpGenerator<SetCall> =>
    calls((draw, thread, ordinal) =>
      draw.fork('kind').float() < options.reads || isOver(options.additions, ordinal)
        ? READ
        : { f: 'add', value: { element: elementAt(concurrency, thread, ordinal) } },
    ),
  finalGenerator: (_rng, _options, context) => atEveryNode([READ], context),
  checkers: () => [setOfElements, ...standing],
})
