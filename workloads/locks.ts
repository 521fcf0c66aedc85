/** Locks and semaphores: a thread's even operations acquire, and the odd ones release. */
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
        description:
          'operations of a thread on one key; an even number, so that each acquire has its release',
      },
    },
    generator: (_rng, options, { concurrency }) =>
      calls((_draw, thread, ordinal) => ({
        f: ordinal % 2 === 0 ? 'acquire' : 'release',
        value: {
          key: Math.floor(ordinal / options['per-key']) * options.keys + (thread % options.keys),
          // The same owner for an acquire and the following release.
          owner: Math.floor(ordinal / 2) * concurrency + thread,
        },
      })),
    checkers: () => [...checkers, ...standing],
  })

export const lock = workload(
  'lock',
  LOCK,
  'locks with fencing tokens: do two owners ever hold one at once?',
  [mutex(LOCK), fencing(LOCK)],
)

export const semaphoreWorkload = workload(
  'semaphore',
  SEMAPHORE,
  'semaphores: do more owners hold one than there are permits?',
  [semaphore],
)
