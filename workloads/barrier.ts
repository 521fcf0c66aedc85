/** Barriers that parties arrive at and enter, in any order and more than once. */
import { barrier as checker } from '../checkers/data/barrier.ts'
import type { Operation } from '../harness/api/history.ts'
import { thenAsk } from '../harness/generators/questions.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { BARRIER, type BarrierCall } from '../harness/vocabularies/barrier.ts'
import { atEveryNode, finalKeys, keyed, keyOptions, keysOf } from './keyed.ts'
import { QUESTIONS } from './questions.ts'
import { standing } from './standing.ts'

export const barrier = defineWorkload({
  name: 'barrier',
  description: 'barriers: does one let pass before all parties have arrived, or hold back once they have?',
  vocabulary: BARRIER,
  options: {
    ...keyOptions(3, 40),
    questions: QUESTIONS,
    parties: { type: 'number', default: 5, description: 'parties of each barrier' },
    enters: { type: 'share', default: 0.5, description: 'share of calls that enter' },
  },
  generator: (_rng, options, { nodes }) => {
    const { parties } = options
    const enterAfter = ({ f, value }: Operation): BarrierCall | null =>
      f === 'enter'
        ? null
        : { f: 'enter', value: { barrier: (value as { barrier: number }).barrier, parties } }
    return thenAsk(
      { share: options.questions, nodes, about: enterAfter },
      keyed<BarrierCall>(keysOf(options), ({ rng, key }) => {
        const barrier = key('barrier')
        if (rng.fork('kind').float() < options.enters) return { f: 'enter', value: { barrier, parties } }
        return { f: 'arrive', value: { barrier, party: rng.fork('party').int(parties), parties } }
      }),
    )
  },
  finalGenerator: (_rng, options, context) =>
    atEveryNode(
      finalKeys(keysOf(options), context).map((barrier) => ({
        f: 'enter',
        value: { barrier, parties: options.parties },
      })),
      context,
    ),
  checkers: () => [checker, ...standing],
})
