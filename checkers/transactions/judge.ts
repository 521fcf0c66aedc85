/** A history of transactions judged: its anomalies, and the consistency models they break. Pure. */
import type { IsolationModel } from '../../harness/api/claims.ts'
import { LIST_APPEND, type TransactionVocabulary } from '../../harness/vocabularies/transactions.ts'
import type { AnomalyName } from './anomalies.ts'
import { modelsBrokenBy } from './consistency.ts'
import { findCycles } from './cycles.ts'
import { explainCycle } from './explain.ts'
import { inferListAppend } from './list-append.ts'
import { addOrders } from './order.ts'
import type { Proof } from './proofs.ts'
import { inferRwRegister, type KeyAssumption } from './rw-register.ts'
import type { Transactions } from './transactions.ts'

export interface Judgement {
  /** How often each anomaly was found: cycles once a strongly connected component. */
  readonly counts: ReadonlyMap<AnomalyName, number>
  /** Proofs, a few of each. */
  readonly proofs: readonly Proof[]
  readonly broken: ReadonlySet<IsolationModel>
  readonly caveats: readonly string[]
  /** Edges of the dependency graph. */
  readonly edges: number
}

export interface JudgeOptions {
  readonly vocabulary: TransactionVocabulary
  /** Of rw-register: what may be taken for granted of each key by itself. */
  readonly keys?: KeyAssumption
}

/** Throws a UserError for a history that cannot be judged: a value written twice to one key. */
export const judgeTransactions = (
  transactions: Transactions,
  { vocabulary, keys }: JudgeOptions,
): Judgement => {
  const inference =
    vocabulary === LIST_APPEND ? inferListAppend(transactions) : inferRwRegister(transactions, keys)
  const { edges, proofs } = inference
  addOrders(transactions, edges)
  const isWorse = (anomaly: AnomalyName): boolean => {
    const broken = modelsBrokenBy(proofs.counts.keys())
    return [...modelsBrokenBy([anomaly])].some((model) => !broken.has(model))
  }
  findCycles(transactions.count, edges, {
    // Where processes and real time must help, only what tells more than was known.
    wanted: (anomaly) => !/-(process|realtime)$/.test(anomaly) || isWorse(anomaly),
    found: (anomaly, cycle) => {
      proofs.add(anomaly, () => explainCycle(cycle(), inference, transactions, vocabulary))
    },
  })
  return {
    counts: proofs.counts,
    proofs: proofs.kept,
    broken: modelsBrokenBy(proofs.counts.keys()),
    caveats: inference.caveats,
    edges: edges.length,
  }
}
