/** Seats that several customers try to book at once. */
import { booking as checker } from '../checkers/data/booking.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { BOOKING } from '../harness/vocabularies/booking.ts'
import { atEveryNode, finalKeys, keyed, keyOptions, keysOf } from './keyed.ts'
import { standing } from './standing.ts'

export const booking = defineWorkload({
  name: 'booking',
  description: 'seats that several customers try to book: is one sold twice, or a confirmed booking lost?',
  vocabulary: BOOKING,
  options: {
    ...keyOptions(4, 6),
    reads: { type: 'share', default: 0.3, description: 'share of reads' },
  },
  generator: (_rng, options, { concurrency }) =>
    keyed(keysOf(options), ({ rng, thread, ordinal, key }) =>
      rng.fork('kind').float() < options.reads
        ? { f: 'read', value: { seat: key('seat') } }
        : { f: 'book', value: { seat: key('seat'), customer: 1 + ordinal * concurrency + thread } },
    ),
  finalGenerator: (_rng, options, context) =>
    atEveryNode(
      finalKeys(keysOf(options), context).map((seat) => ({ f: 'read', value: { seat } })),
      context,
    ),
  checkers: () => [checker, ...standing],
})
