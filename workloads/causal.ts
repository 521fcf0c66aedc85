/** Reads and writes of registers, a few keys at a time. A client that saw an effect must also see its causes, on all keys. */
import { causal as checker } from '../checkers/data/causal.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { REGISTER, type RegisterCall } from '../harness/vocabularies/register.ts'
import { INITIAL, initialOf } from './initial.ts'
import { atEveryNode, finalKeys, keyed, keyOptions, keysOf } from './keyed.ts'
import { standing } from './standing.ts'

const READS = 0.6

export const causal = defineWorkload({
  name: 'causal',
  description: 'reads and writes of registers: does any client see an effect but not its causes?',
  vocabulary: REGISTER,
  options: {
    ...keyOptions(3, 200),
    initial: INITIAL,
  },
  generator: (_rng, options, { concurrency }) =>
    keyed(keysOf(options), ({ rng, thread, ordinal, key }) =>
      rng.fork('kind').float() < READS
        ? { f: 'read', value: { key: key('key') } }
        : { f: 'write', value: { key: key('key'), value: 1 + ordinal * concurrency + thread } },
    ),
  finalGenerator: (_rng, options, context) =>
    atEveryNode<RegisterCall>(
      finalKeys(keysOf(options), context).map((key) => ({ f: 'read', value: { key } })),
      context,
    ),
  checkers: ({ initial }) => [checker({ initial: initialOf(initial) }), ...standing],
})
