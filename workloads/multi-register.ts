/** Groups of registers: one call reads or writes several of them. */
import { multiRegister as checker } from '../checkers/data/multi-register.ts'
import type { Operation } from '../harness/api/history.ts'
import { thenAsk } from '../harness/generators/questions.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { GROUP_SIZE, MULTI_REGISTER } from '../harness/vocabularies/multi-register.ts'
import type { RegisterOp, TransactionCall } from '../harness/vocabularies/transactions.ts'
import { INITIAL, initialOf } from './initial.ts'
import { atEveryNode, finalKeys, keyed, keyOptions, keysOf } from './keyed.ts'
import { QUESTIONS } from './questions.ts'
import { standing } from './standing.ts'

const keysIn = (group: number): readonly number[] =>
  Array.from({ length: GROUP_SIZE }, (_, i) => group * GROUP_SIZE + i)

const readAll = (group: number): TransactionCall<RegisterOp> => ({
  f: 'txn',
  value: keysIn(group).map((key): RegisterOp => ['r', key, null]),
})

const readAfter = ({ value }: Operation): TransactionCall<RegisterOp> | null => {
  const written = (value as readonly RegisterOp[]).find(([f]) => f === 'w')
  return written === undefined ? null : readAll(Math.floor(Number(written[1]) / GROUP_SIZE))
}

export const multiRegister = defineWorkload({
  name: 'multi-register',
  description: 'calls that read or write several registers of a group: does any read see half a write?',
  vocabulary: MULTI_REGISTER,
  options: {
    ...keyOptions(2, 60),
    questions: QUESTIONS,
    reads: { type: 'share', default: 0.5, description: 'share of reads' },
    initial: INITIAL,
  },
  generator: (_rng, options, { concurrency, nodes }) =>
    thenAsk(
      { share: options.questions, nodes, about: readAfter },
      keyed<TransactionCall<RegisterOp>>(keysOf(options), ({ rng, thread, ordinal, key }) => {
        const group = key('group')
        if (rng.fork('kind').float() < options.reads) return readAll(group)
        const written = rng.fork('which').shuffle(keysIn(group)).slice(0, 2)
        const value = written.map(
          (of, at): RegisterOp => ['w', of, 1 + (ordinal * concurrency + thread) * 2 + at],
        )
        return { f: 'txn', value }
      }),
    ),
  finalGenerator: (_rng, options, context) =>
    atEveryNode(finalKeys(keysOf(options), context).map(readAll), context),
  checkers: ({ initial }) => [checker(initialOf(initial)), ...standing],
})
