/**
 * Whether transactions have an order, one after another, that respects dependencies between them and real time. Then there is no
 * cycle of these, and none needs to be looked for. The order of real time is not needed as edges for this, and most edges would
 * be such: a transaction may come next as soon as nothing that it depends on is left (Kahn 1962), and nothing that was over
 * before it began.
 */
import { ALL_KINDS, type Grouped, type Kinds } from './graph.ts'
import { inOrderOfCompletion, rowsOf } from './order.ts'
import type { Transactions } from './transactions.ts'

/** @param kinds which of the edges count. Real time always does */
export const hasSerialOrder = (transactions: Transactions, graph: Grouped, kinds: Kinds): boolean => {
  const { count, invokedAt, completedAt } = transactions
  const { first, target } = graph
  const kind = kinds === ALL_KINDS ? null : graph.kind
  const counts = (at: number): boolean => kind === null || ((kind[at] as Kinds) & kinds) !== 0
  /** How many edges lead to each row from rows that have no place yet. */
  const waitsFor = new Int32Array(count)
  for (let at = 0; at < target.length; at++) if (counts(at)) waitsFor[target[at] as number]!++
  const byCompletion = inOrderOfCompletion(transactions, rowsOf(transactions))
  const isPlaced = new Uint8Array(count)
  const next = new Int32Array(count)
  // Rows before `begun` began before any was over that has no place yet. Completions before `over` are of rows that have one.
  let [begun, over, waiting, placed] = [0, 0, 0, 0]
  for (;;) {
    while (over < byCompletion.length && isPlaced[byCompletion[over] as number] === 1) over++
    const end = over < byCompletion.length ? (completedAt[byCompletion[over] as number] as number) : Infinity
    for (; begun < count && (invokedAt[begun] as number) < end; begun++)
      if (waitsFor[begun] === 0) next[waiting++] = begun
    if (waiting === 0) return placed === count
    const row = next[--waiting] as number
    isPlaced[row] = 1
    placed++
    for (let at = first[row] as number; at < (first[row + 1] as number); at++) {
      if (!counts(at)) continue
      const later = target[at] as number
      if (--waitsFor[later]! === 0 && later < begun) next[waiting++] = later
    }
  }
}
