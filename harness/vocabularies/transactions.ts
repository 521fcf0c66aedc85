/**
 * Transactions over many objects, in two vocabularies with one call, `txn`. Its value is the list of micro-operations
 * in the order in which they are done; the ok value is the same list with what the reads returned.
 *
 * | vocabulary    | micro-operation              | a read returns                                   |
 * |---------------|------------------------------|--------------------------------------------------|
 * | `list-append` | `['append', key, element]`   | all elements appended, in order; [] where none is |
 * | `rw-register` | `['w', key, value]`          | the value; null where none was written           |
 * | both          | `['r', key, null]`           |                                                  |
 *
 * An element, or a value, is written to a key at most once in a history: what was read then tells who wrote it.
 */
import type { Call } from '../api/history.ts'

export const LIST_APPEND = 'list-append'
export const RW_REGISTER = 'rw-register'

export type Scalar = number | string

export type AppendOp = readonly ['append', Scalar, Scalar] | readonly ['r', Scalar, readonly Scalar[] | null]

export type RegisterOp = readonly ['w', Scalar, Scalar] | readonly ['r', Scalar, Scalar | null]

export interface TransactionCall<Op = AppendOp | RegisterOp> {
  readonly f: 'txn'
  readonly value: readonly Op[]
}

/** Narrows a call of the engine's to a vocabulary's, or says why it is none. */
export const asAppendCall = (call: Call): TransactionCall<AppendOp> => asTransaction(call, LIST_APPEND)
export const asRegisterTransaction = (call: Call): TransactionCall<RegisterOp> =>
  asTransaction(call, RW_REGISTER)

const asTransaction = <Op>(call: Call, vocabulary: string): TransactionCall<Op> => {
  if (call.f === 'txn') return call as TransactionCall<Op>
  throw new TypeError(`${call.f} is no call of the ${vocabulary} vocabulary (txn)`)
}
