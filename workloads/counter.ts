/** Additions to counters, and reads. */
import { counter as checker } from '../checkers/data/counter.ts'
import type { Operation } from '../harness/api/history.ts'
import { thenAsk } from '../harness/generators/questions.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { COUNTER, type CounterCall } from '../harness/vocabularies/counter.ts'
import { atEveryNode, finalKeys, keyed, keyOptions, keysOf } from './keyed.ts'
import { QUESTIONS } from './questions.ts'
import { standing } from './standing.ts'

const MOST = 5

const readAfter = ({ f, value }: Operation): CounterCall | null =>
  f === 'read' ? null : { f: 'read', value: { key: (value as CounterCall['value']).key } }

export const counter = defineWorkload({
  name: 'counter',
  description: 'additions to counters, and reads: is any addition lost, or counted twice?',
  vocabulary: COUNTER,
  options: {
    ...keyOptions(2, 100),
    questions: QUESTIONS,
    reads: { type: 'share', default: 0.4, description: 'share of reads' },
  },
  generator: (_rng, options, { nodes }) =>
    thenAsk(
      { share: options.questions, nodes, about: readAfter },
      keyed<CounterCall>(keysOf(options), ({ rng, key }) =>
        rng.fork('kind').float() < options.reads
          ? { f: 'read', value: { key: key('of') } }
          : { f: 'add', value: { key: key('of'), delta: 1 + rng.fork('delta').int(MOST) } },
      ),
    ),
  finalGenerator: (_rng, options, context) =>
    atEveryNode(
      finalKeys(keysOf(options), context).map((key) => ({ f: 'read', value: { key } })),
      context,
    ),
  checkers: () => [checker, ...standing],
})
