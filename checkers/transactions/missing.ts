/**
 * Appends that are missing for good: those of committed transactions that are lost, and transactions of which only a part is left.
 * Isolation alone says nothing about them, since a read may show an old state as long as no order of real time is promised. So they
 * are judged by what the last reads of all nodes show, once every change and every fault was over (`../final-answers.ts`).
 */
import type { RunRecord } from '../../harness/api/record.ts'
import type { Fold } from '../../harness/api/verdict.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { type Answered, finalAnswers, foldLastReadsByObjects } from '../final-answers.ts'
import type { MicroOp } from './micro-op.ts'
import { Proofs } from './proofs.ts'
import { ABORTED, COMMITTED, type Transactions } from './transactions.ts'

/** What each list has in the end. A key is missing if that is not known. */
export type FinalLists = ReadonlyMap<Scalar, ReadonlySet<Scalar>>

/** What a transaction read of a key last. */
const listIn = ({ completion }: Answered, key: Scalar): readonly Scalar[] =>
  (completion.value as readonly MicroOp[]).findLast(
    ([f, of]) => f === 'r' && of === key,
  )?.[2] as readonly Scalar[]

const keysIn = ({ completion }: Answered): Iterable<Scalar> =>
  new Set((completion.value as readonly MicroOp[]).map(([, key]) => key))

const finalListsOf = (record: RunRecord, byKey: ReadonlyMap<Scalar, readonly Answered[]>): FinalLists => {
  const lists = new Map<Scalar, ReadonlySet<Scalar>>()
  for (const [key, reads] of byKey) {
    const { answers, unproven } = finalAnswers(reads, record)
    const [first = new Set<Scalar>(), ...others] = answers.map((each) => new Set(listIn(each, key)))
    const isSame = others.every((each) => each.size === first.size && each.isSubsetOf(first))
    if (unproven === null && isSame) lists.set(key, first)
  }
  return lists
}

/** Empty for what is no run of ours: only in these the last reads are made to show everything. */
export const foldFinalLists = (record: RunRecord): Fold<FinalLists> => {
  if (record.spec === null) return { take: () => {}, result: () => new Map() }
  const reads = foldLastReadsByObjects(record, LIST_APPEND, keysIn)
  return { take: reads.take, result: () => finalListsOf(record, reads.result()) }
}

const told = (ops: readonly MicroOp[]): string =>
  ops.map(([, key, element]) => `${element} to ${key}`).join(', ')

/** What is lost and what is torn. */
export const findMissing = (transactions: Transactions, lists: FinalLists): Proofs => {
  const proofs = new Proofs()
  if (lists.size === 0) return proofs
  const { count, outcome } = transactions
  for (let row = 0; row < count; row++) {
    if (outcome[row] === ABORTED) continue
    const appends = transactions.opsOf(row).filter(([f, key]) => f === 'append' && lists.has(key))
    const isThere = ([, key, element]: MicroOp): boolean => lists.get(key)?.has(element as Scalar) === true
    const missing = appends.filter((each) => !isThere(each))
    if (missing.length === 0) continue
    const there = appends.filter(isThere)
    if (there.length === 0 && outcome[row] !== COMMITTED) continue
    const kept = there.length === 0 ? '' : `; they do show its append of ${told(there)}`
    proofs.add(there.length === 0 ? 'lost-append' : 'torn-transaction', () => ({
      transactions: [row],
      because: `T1 appended ${told(missing)}, and when all was over the last reads of the nodes agree and do not show that${kept}`,
    }))
  }
  return proofs
}
