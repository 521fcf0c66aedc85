/**
 * Transactions that read and write several registers of one group: each group is judged as one linearizable object. If only
 * sequential consistency is promised, Adya's anomalies in sessions refute it, and nothing proves it but linearizability.
 */
import type { RunRecord } from '../../harness/api/record.ts'
import { UserError } from '../../harness/support/assert.ts'
import { GROUP_SIZE, MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import { type RegisterOp, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { multiRegisterInGroups, type Transaction } from '../porcupine-ts/models/multi-register.ts'
import { meaningOf } from '../transactions/anomalies.ts'
import { judgeTransactions } from '../transactions/judge.ts'
import { readTransactions } from '../transactions/transactions.ts'
import { type Judged, listCounts, notJudged } from '../verdict.ts'
import { linearizableObject } from './objects.ts'

const stepsOf = (ops: readonly RegisterOp[]): Transaction =>
  ops.map(([f, key, value]) => ({
    f: f === 'r' ? 'read' : 'write',
    key: key as number,
    value: value as number | null,
  }))

/** What breaks strong session serializability, which one order that keeps that of each process has; null: nothing found. */
const refutation = (record: RunRecord): Judged | null => {
  const transactions = readTransactions(record.pairs, RW_REGISTER)
  const { broken, counts, proofs } = judgeTransactions(transactions, {
    vocabulary: RW_REGISTER,
    keys: 'sequential',
  })
  if (!broken.has('strong-session-serializable')) return null
  const anomalies = listCounts(Object.fromEntries(counts))
  return {
    status: 'invalid',
    summary: `No order of the transactions keeps the order of each process: ${anomalies}.`,
    evidence: proofs.map(({ anomaly, because, transactions: rows }) => ({
      title: `${anomaly}: ${meaningOf(anomaly)}`,
      text: because,
      operations: rows.map((row) => transactions.invokedAt[row] as number),
    })),
    details: { anomalies: Object.fromEntries(counts) },
  }
}

/** Null also if values repeat: then it is unknown which write a read saw. */
const refutationIfTold = (record: RunRecord): Judged | null => {
  try {
    return refutation(record)
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

const sequential = async (record: RunRecord, judgeModel: () => Promise<Judged>): Promise<Judged> => {
  const refuted = refutationIfTold(record)
  if (refuted !== null) return refuted
  const linearizable = await judgeModel()
  return linearizable.status === 'valid'
    ? linearizable
    : notJudged('whether the history is sequentially consistent was not decided: nothing refutes it')
}

export const multiRegister = linearizableObject<string, Transaction, Transaction>('multi-register', {
  finds: 'reads that see half of a write, and anything else that no order of the operations explains',
  vocabulary: MULTI_REGISTER,
  holds: 'a transaction reads and writes all its keys at once',
  model: multiRegisterInGroups(GROUP_SIZE),
  reference: { file: 'multi-register', name: 'multiRegisterInGroups', args: [GROUP_SIZE] },
  weaker: { sequential },
  read: ({ invocation, completion }) => ({
    input: stepsOf(invocation.value as readonly RegisterOp[]),
    output: completion?.type === 'ok' ? stepsOf(completion.value as readonly RegisterOp[]) : undefined,
  }),
})
