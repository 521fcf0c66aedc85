/** All threads acquire leases. Some leases are released, the others expire. */
import { lease as checker } from '../checkers/data/lease.ts'
import { calls } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { LEASE } from '../harness/vocabularies/lease.ts'
import { standing } from './standing.ts'

export const lease = defineWorkload({
  name: 'lease',
  description: 'locks that expire: does the service ever grant one lease to two owners at once?',
  vocabulary: LEASE,
  options: {
    keys: { type: 'number', default: 5, description: 'leases in use at a time' },
    'per-key': {
      type: 'number',
      default: 10_000,
      description:
        'operations of a thread on one set of leases, before it goes on to new ones; an even number',
    },
    releases: {
      type: 'share',
      default: 0.6,
      description: 'share of acquire attempts that are followed by a release',
    },
  },
  generator: (_rng, options, { concurrency }) =>
    calls((draw, thread, ordinal) => {
      // Operations come in pairs: the second releases what the first may have acquired, or is another attempt.
      const isRelease = ordinal % 2 === 1 && draw.fork('kind').float() < options.releases
      const of = isRelease ? ordinal - 1 : ordinal
      return {
        f: isRelease ? 'release' : 'acquire',
        value: {
          key:
            Math.floor(ordinal / options['per-key']) * options.keys +
            ((thread + Math.floor(ordinal / 2)) % options.keys),
          owner: of * concurrency + thread,
        },
      }
    }),
  checkers: () => [checker(LEASE), ...standing],
})
