/**
 * Registers in groups of GROUP_SIZE: each group starts at key `n * GROUP_SIZE`, and a transaction uses keys of one group only.
 * The call, `txn`, is that of rw-register (`transactions.ts`).
 */
import { rwRegisterForm } from './edn-forms.ts'
import { type RegisterOp, registerTransaction } from './transactions.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

export const GROUP_SIZE = 3

const ONE_GROUP = `expected whole numbers of one group as keys, such as 0 to ${GROUP_SIZE - 1}`

const isInOneGroup = (ops: readonly RegisterOp[]): boolean => {
  const groups = ops.map(([, key]) => (typeof key === 'number' ? Math.floor(key / GROUP_SIZE) : null))
  return groups.every((group) => group !== null && group === groups[0])
}

export const MULTI_REGISTER = defineVocabulary({
  name: 'multi-register',
  description: `registers in groups of ${GROUP_SIZE}; one call reads or writes several of a group`,
  promises: ['linearizable', 'sequential', 'consistent-prefix'],
  unique: null,
  initial: 'null',
  services: [],
  edn: rwRegisterForm,
  calls: {
    txn: defineCall({
      ...registerTransaction,
      value: registerTransaction.value.refine(isInOneGroup, ONE_GROUP),
      objects: (ops: readonly RegisterOp[]) => [
        ...new Set(ops.map(([, key]) => `${Math.floor(Number(key) / GROUP_SIZE)}`)),
      ],
    }),
  },
})
