/** Judges a history of transactions: its anomalies, and the consistency models that they break. Pure. */
import type { IsolationModel } from '../../harness/api/claims.ts'
import { LIST_APPEND, type TransactionVocabulary } from '../../harness/vocabularies/transactions.ts'
import { type AnomalyName, CYCLES } from './anomalies.ts'
import { isWorse, modelsBrokenBy } from './consistency.ts'
import { findCycles } from './cycles.ts'
import { explainCycle } from './explain.ts'
import { eachFractured, isVanished } from './fractured.ts'
import { inferListAppend } from './list-append.ts'
import { addProcessOrder, countRealTimeOrder, withoutBetween } from './order.ts'
import type { Inference, Proof } from './proofs.ts'
import { inferRwRegister } from './rw-register.ts'
import type { Transactions } from './transactions.ts'
import { findUpdateCycle } from './update-cycles.ts'
import type { KeyAssumption } from './version-order.ts'

export interface Judgement {
  /** How often each anomaly was found; a cycle counts once per strongly connected component. */
  readonly counts: ReadonlyMap<AnomalyName, number>
  /** A few proofs of each anomaly. */
  readonly proofs: readonly Proof[]
  readonly broken: ReadonlySet<IsolationModel>
  readonly caveats: readonly string[]
  /** Number of edges of the dependency graph. */
  readonly edges: number
}

export interface JudgeOptions {
  readonly vocabulary: TransactionVocabulary
  /** For rw-register: what may be assumed about each single key. */
  readonly keys?: KeyAssumption
}

/** Fractured reads are cycles that were found already; here they get their own names, since weaker models forbid them. */
const findFractured = (transactions: Transactions, { edges, proofs, keys }: Inference): void =>
  eachFractured(transactions.count, edges, (fractured) => {
    const anomaly = isVanished(transactions, keys, fractured) ? 'OTV' : 'fractured-read'
    const [saw, missed] = [
      `T1 saw what T2 wrote to ${keys[fractured.seen]}`,
      `read ${keys[fractured.missed]} as it was before T2 wrote it`,
    ]
    proofs.add(anomaly, () => ({
      transactions: [fractured.reader, fractured.writer],
      because: `${saw}, and ${missed}`,
      edges: [
        { kind: 'rw', why: `T1 ${missed}` },
        { kind: 'wr', why: saw },
      ],
    }))
  })

/** What could not be told, in sentences. */
const findUpdates = (
  transactions: Transactions,
  inference: Inference,
  vocabulary: TransactionVocabulary,
): readonly string[] => {
  const { count, ops } = transactions
  const isUpdate = new Uint8Array(count)
  for (let row = 0; row < count; row++)
    for (let op = ops.first(row); op < ops.first(row + 1); op++) if (!ops.isRead(op)) isUpdate[row] = 1
  const cycle = findUpdateCycle(count, inference.edges, isUpdate)
  if (cycle.found === 'not told')
    return ['Whether update serializability is broken cannot be told: there are too many cycles to try.']
  if (cycle.found === 'cycle')
    inference.proofs.add('G-update', () => explainCycle(cycle.edges, inference, transactions, vocabulary))
  return []
}

/** Throws a UserError for a history that cannot be judged: a value written twice to one key. */
export const judgeTransactions = (
  transactions: Transactions,
  { vocabulary, keys }: JudgeOptions,
): Judgement => {
  const inference =
    vocabulary === LIST_APPEND ? inferListAppend(transactions) : inferRwRegister(transactions, keys)
  const { edges, proofs } = inference
  addProcessOrder(transactions, edges)
  const length = edges.length + countRealTimeOrder(transactions)
  findCycles(transactions, edges, {
    // Anomalies that need process or real-time order are only searched if they break more models.
    wanted: (anomaly) => !/-(process|realtime)$/.test(anomaly) || isWorse(proofs.counts.keys(), anomaly),
    found: (anomaly, cycle) => {
      proofs.add(anomaly, () =>
        explainCycle(withoutBetween(cycle(), edges), inference, transactions, vocabulary),
      )
    },
  })
  const caveats = [...inference.caveats]
  if (proofs.counts.has('G-single')) findFractured(transactions, inference)
  if (CYCLES.some((cycle) => proofs.counts.has(cycle)) && isWorse(proofs.counts.keys(), 'G-update'))
    caveats.push(...findUpdates(transactions, inference, vocabulary))
  return {
    counts: proofs.counts,
    proofs: proofs.kept,
    broken: modelsBrokenBy(proofs.counts.keys()),
    caveats,
    edges: length,
  }
}
