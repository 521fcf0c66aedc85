/** Registers read and written several at a time, in groups that no transaction leaves: linearizable as one object a group. */
import { GROUP_SIZE, MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import type { RegisterOp } from '../../harness/vocabularies/transactions.ts'
import { multiRegisterInGroups, type Transaction } from '../porcupine-ts/models/multi-register.ts'
import { linearizableObject } from './objects.ts'

const stepsOf = (ops: readonly RegisterOp[]): Transaction =>
  ops.map(([f, key, value]) => ({
    f: f === 'r' ? 'read' : 'write',
    key: key as number,
    value: value as number | null,
  }))

export const multiRegister = linearizableObject<string, Transaction, Transaction>('multi-register', {
  finds: 'reads of half a write, and whatever else no order explains',
  vocabulary: MULTI_REGISTER,
  holds: 'all keys of a transaction at once',
  model: multiRegisterInGroups(GROUP_SIZE),
  reference: { file: 'multi-register', name: 'multiRegisterInGroups', args: [GROUP_SIZE] },
  read: ({ invocation, completion }) => ({
    input: stepsOf(invocation.value as readonly RegisterOp[]),
    output: completion?.type === 'ok' ? stepsOf(completion.value as readonly RegisterOp[]) : undefined,
  }),
})
