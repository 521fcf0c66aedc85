/** Additions to counters, and reads. */
import { counter as checker } from '../checkers/data/counter.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { COUNTER } from '../harness/vocabularies/counter.ts'
import { atEveryNode, keyed, keyOptions, keysOf, usedKeys } from './keyed.ts'
import { standing } from './standing.ts'

const MOST = 5

export const counter = defineWorkload({
  name: 'counter',
  description: 'additions to counters, and reads: is any addition lost, or counted twice?',
  vocabulary: COUNTER,
  options: {
    ...keyOptions(2, 100),
    reads: { type: 'number', default: 0.4, description: 'share of reads' },
  },
  generator: (_rng, options) =>
    keyed(keysOf(options), ({ rng, key }) =>
      rng.fork('kind').float() < options.reads
        ? { f: 'read', value: { key: key('of') } }
        : { f: 'add', value: { key: key('of'), delta: 1 + rng.fork('delta').int(MOST) } },
    ),
  finalGenerator: (_rng, options, context) =>
    atEveryNode(
      usedKeys(keysOf(options), context).map((key) => ({ f: 'read', value: { key } })),
      context,
    ),
  checkers: () => [checker, ...standing],
})
