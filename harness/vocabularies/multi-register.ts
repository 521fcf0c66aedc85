/**
 * Registers in groups of GROUP_SIZE: each group starts at key `n * GROUP_SIZE`, and a transaction uses keys of one group only.
 * The call, `txn`, is that of rw-register (`transactions.ts`).
 */
import { rwRegisterForm } from './edn-forms.ts'
import { OF_OBJECTS } from './promises.ts'
import { type RegisterOp, registerTransaction } from './transactions.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

export const GROUP_SIZE = 3

export const MULTI_REGISTER = defineVocabulary({
  name: 'multi-register',
  description: `registers in groups of ${GROUP_SIZE}; one call reads or writes several of a group`,
  promises: OF_OBJECTS,
  unique: null,
  initial: 'null',
  services: [],
  edn: rwRegisterForm,
  calls: {
    txn: defineCall({
      ...registerTransaction,
      objects: (ops: readonly RegisterOp[]) => [
        ...new Set(ops.map(([, key]) => `${Math.floor(Number(key) / GROUP_SIZE)}`)),
      ],
    }),
  },
})
