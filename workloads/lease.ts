/** Leases acquired by all, some released, and the others left to run out. */
import { lease as checker } from '../checkers/data/lease.ts'
import { calls } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { LEASE } from '../harness/vocabularies/lease.ts'
import { standing } from './standing.ts'

export const lease = defineWorkload({
  name: 'lease',
  description: 'locks that run out: do two ever hold one, by the word of the service?',
  vocabulary: LEASE,
  options: {
    keys: { type: 'number', default: 5, description: 'leases in use' },
    releases: {
      type: 'number',
      default: 0.6,
      description: 'share of attempts that are followed by a release',
    },
  },
  generator: (_rng, options, { concurrency }) =>
    calls((draw, thread, ordinal) => {
      // Attempts in pairs: the second releases what the first may have got, or is another attempt.
      const isRelease = ordinal % 2 === 1 && draw.fork('kind').float() < options.releases
      const of = isRelease ? ordinal - 1 : ordinal
      return {
        f: isRelease ? 'release' : 'acquire',
        value: {
          key: (thread + Math.floor(ordinal / 2)) % options.keys,
          owner: of * concurrency + thread,
        },
      }
    }),
  checkers: () => [checker(LEASE), ...standing],
})
