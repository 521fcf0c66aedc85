/** A history of transactions as columns, one row per transaction in order of invocation. */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { Fold } from '../../harness/api/verdict.ts'
import { UserError } from '../../harness/support/assert.ts'
import {
  LIST_APPEND,
  microOperationsOf,
  type TransactionVocabulary,
} from '../../harness/vocabularies/transactions.ts'
import type { MicroOp } from './micro-op.ts'
import { PackedOps } from './packed-ops.ts'

/** It committed; it may have committed; it did not commit. */
export const COMMITTED = 0
export const UNCERTAIN = 1
export const ABORTED = 2

export interface Transactions {
  readonly count: number
  /** COMMITTED, UNCERTAIN or ABORTED. */
  readonly outcome: Uint8Array
  readonly process: Int32Array
  /** Index of the invocation in the history. */
  readonly invokedAt: Float64Array
  /** Index of the completion; infinite if the transaction may not be over. */
  readonly completedAt: Float64Array
  /** The operations as numbers. What a transaction read is known only where it committed. */
  readonly ops: PackedOps
  /** The operations; for a committed transaction, with the results of its reads. */
  opsOf(row: number): readonly MicroOp[]
}

const bad = (index: number, why: string): UserError =>
  new UserError(`Operation ${index} of the history is not a transaction of that vocabulary: ${why}.`)

const assertOps = (index: number, value: unknown, vocabulary: TransactionVocabulary): readonly MicroOp[] => {
  if (!Array.isArray(value)) throw bad(index, 'its value is not a list of micro-operations')
  const [write, read] = microOperationsOf(vocabulary)
  for (const op of value) {
    if (!Array.isArray(op) || op.length !== 3)
      throw bad(index, `${JSON.stringify(op)} is not [f, key, value]`)
    const isRead = op[0] === read
    if (!isRead && op[0] !== write)
      throw bad(index, `${JSON.stringify(op[0])} is not one of ${write}, ${read}`)
    if (!isRead && typeof op[2] !== 'number' && typeof op[2] !== 'string')
      throw bad(index, `${JSON.stringify(op)} writes neither a number nor a string`)
    if (isRead && vocabulary === LIST_APPEND && op[2] !== null && !Array.isArray(op[2]))
      throw bad(index, `${JSON.stringify(op)} did not read a list`)
  }
  return value as readonly MicroOp[]
}

/**
 * Takes transactions into columns.
 *
 * @param pairs of which all will be taken
 * @throws UserError that names the first operation that is not a transaction of the vocabulary
 */
export const foldTransactions = (
  pairs: Sequence<Pair>,
  vocabulary: TransactionVocabulary,
): Fold<Transactions> => {
  // Of those that are still being read, there are fewer: what is not written to takes no memory.
  const most = pairs.atMost ?? pairs.length
  const outcome = new Uint8Array(most)
  const process = new Int32Array(most)
  const invokedAt = new Float64Array(most)
  const completedAt = new Float64Array(most)
  const ops = new PackedOps()
  let count = 0
  return {
    take: ({ invocation, completion }) => {
      if (invocation.f !== 'txn') throw bad(invocation.index, `it is a ${invocation.f}, not a txn`)
      const row = count++
      const isOk = completion?.type === 'ok'
      outcome[row] = isOk ? COMMITTED : completion?.type === 'fail' ? ABORTED : UNCERTAIN
      process[row] = invocation.process as number
      invokedAt[row] = invocation.index
      completedAt[row] = isOk ? completion.index : Number.POSITIVE_INFINITY
      ops.push(assertOps(invocation.index, isOk ? completion.value : invocation.value, vocabulary))
    },
    result: () => ({
      count,
      outcome: outcome.subarray(0, count),
      process: process.subarray(0, count),
      invokedAt: invokedAt.subarray(0, count),
      completedAt: completedAt.subarray(0, count),
      ops,
      opsOf: (row) => ops.of(row),
    }),
  }
}

export const readTransactions = (pairs: Sequence<Pair>, vocabulary: TransactionVocabulary): Transactions => {
  const fold = foldTransactions(pairs, vocabulary)
  for (const [place, pair] of pairs.entries()) fold.take(pair, place)
  return fold.result()
}
