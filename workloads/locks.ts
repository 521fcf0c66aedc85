/** Locks and semaphores, taken and given back: a thread's even operations acquire, and the odd ones release. */
import { fencing, mutex, semaphore } from '../checkers/data/locks.ts'
import type { Checker } from '../harness/api/verdict.ts'
import type { Workload } from '../harness/api/workload.ts'
import { calls } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { LOCK, SEMAPHORE } from '../harness/vocabularies/locks.ts'
import { standing } from './standing.ts'

const workload = (
  name: string,
  vocabulary: typeof LOCK | typeof SEMAPHORE,
  description: string,
  checkers: readonly Checker[],
): Workload =>
  defineWorkload({
    name,
    description,
    vocabulary,
    options: {
      keys: { type: 'number', default: 2, description: 'locks in use at a time' },
      'per-key': {
        type: 'number',
        default: 40,
        description: 'operations of a thread with one key; even, so that what it acquired is released',
      },
    },
    generator: (_rng, options, { concurrency }) =>
      calls((_draw, thread, ordinal) => ({
        f: ordinal % 2 === 0 ? 'acquire' : 'release',
        value: {
          key: Math.floor(ordinal / options['per-key']) * options.keys + (thread % options.keys),
          // The same for an acquire and the release that follows it.
          owner: Math.floor(ordinal / 2) * concurrency + thread,
        },
      })),
    checkers: () => [...checkers, ...standing],
  })

export const lock = workload('lock', LOCK, 'locks with fencing tokens: do two ever hold one?', [
  mutex(LOCK),
  fencing(LOCK),
])

export const semaphoreWorkload = workload(
  'semaphore',
  SEMAPHORE,
  'semaphores: do more hold one than there are permits?',
  [semaphore],
)
