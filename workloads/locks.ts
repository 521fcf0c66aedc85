/** Locks and semaphores: a thread's even operations acquire, and the odd ones release. */
import { fencing, mutex, semaphore } from '../checkers/data/locks.ts'
import type { Thread } from '../harness/api/generator.ts'
import type { OptionSpecs, OptionsOf } from '../harness/api/options.ts'
import type { WorkloadContext } from '../harness/api/workload.ts'
import { calls } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { LOCK, PERMITS, SEMAPHORE } from '../harness/vocabularies/locks.ts'
import { standing } from './standing.ts'

const OPTIONS = {
  keys: { type: 'number', default: 2, description: 'locks in use at a time' },
  'per-key': {
    type: 'number',
    default: 40,
    description: 'operations of a thread on one key; an even number, so that each acquire has its release',
  },
} as const satisfies OptionSpecs

const acquireAndRelease = (options: OptionsOf<typeof OPTIONS>, { concurrency }: WorkloadContext) =>
  calls((_draw, thread: Thread, ordinal) => ({
    f: ordinal % 2 === 0 ? ('acquire' as const) : ('release' as const),
    value: {
      key: Math.floor(ordinal / options['per-key']) * options.keys + (thread % options.keys),
      // The same owner for an acquire and the following release.
      owner: Math.floor(ordinal / 2) * concurrency + thread,
    },
  }))

export const lock = defineWorkload({
  name: 'lock',
  description: 'locks with fencing tokens: do two owners ever hold one at once?',
  vocabulary: LOCK,
  options: OPTIONS,
  generator: (_rng, options, context) => acquireAndRelease(options, context),
  checkers: () => [mutex(LOCK), fencing(LOCK), ...standing],
})

export const semaphoreWorkload = defineWorkload({
  name: 'semaphore',
  description: 'semaphores: do more owners hold one than there are permits?',
  vocabulary: SEMAPHORE,
  options: {
    ...OPTIONS,
    permits: {
      type: 'number',
      default: PERMITS,
      description: 'permits of each semaphore, for imported histories',
      untold: 'the number of permits of a semaphore',
    },
  },
  generator: (_rng, options, context) => acquireAndRelease(options, context),
  checkers: ({ permits }) => [semaphore(permits), ...standing],
})
