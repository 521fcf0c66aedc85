/**
 * Registers in groups of GROUP_SIZE: keys `n * GROUP_SIZE` and the following are one group, which no transaction leaves. The
 * call, `txn`, is rw-register's (`transactions.ts`).
 */
import { rwRegisterForm } from './edn-forms.ts'
import { OF_OBJECTS } from './promises.ts'
import { type RegisterOp, registerTransaction } from './transactions.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

export const GROUP_SIZE = 3

export const MULTI_REGISTER = defineVocabulary({
  name: 'multi-register',
  description: `registers in groups of ${GROUP_SIZE}, several of one group read or written at a time`,
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
