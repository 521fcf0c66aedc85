/** Groups of registers: one call reads or writes several of them. */
import { multiRegister as checker } from '../checkers/data/multi-register.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { GROUP_SIZE, MULTI_REGISTER } from '../harness/vocabularies/multi-register.ts'
import type { RegisterOp, TransactionCall } from '../harness/vocabularies/transactions.ts'
import { INITIAL, initialOf } from './initial.ts'
import { atEveryNode, keyed, keyOptions, keysOf, usedKeys } from './keyed.ts'
import { standing } from './standing.ts'

const keysIn = (group: number): readonly number[] =>
  Array.from({ length: GROUP_SIZE }, (_, i) => group * GROUP_SIZE + i)

const readAll = (group: number): TransactionCall<RegisterOp> => ({
  f: 'txn',
  value: keysIn(group).map((key): RegisterOp => ['r', key, null]),
})

export const multiRegister = defineWorkload({
  name: 'multi-register',
  description: 'calls that read or write several registers of a group: does any read see half a write?',
  vocabulary: MULTI_REGISTER,
  options: {
    ...keyOptions(2, 60),
    reads: { type: 'number', default: 0.5, description: 'share of reads' },
    initial: INITIAL,
  },
  generator: (_rng, options, { concurrency }) =>
    keyed(keysOf(options), ({ rng, thread, ordinal, key }) => {
      const group = key('group')
      if (rng.fork('kind').float() < options.reads) return readAll(group)
      const written = rng.fork('which').shuffle(keysIn(group)).slice(0, 2)
      const value = written.map(
        (of, at): RegisterOp => ['w', of, 1 + (ordinal * concurrency + thread) * 2 + at],
      )
      return { f: 'txn', value }
    }),
  finalGenerator: (_rng, options, context) =>
    atEveryNode(usedKeys(keysOf(options), context).map(readAll), context),
  checkers: ({ initial }) => [checker(initialOf(initial)), ...standing],
})
