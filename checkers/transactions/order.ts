/** Orders that follow from the history itself: process order and real-time order. */
import { type EdgeList, type Kinds, PROCESS, REAL_TIME } from './graph.ts'
import { COMMITTED, type Transactions } from './transactions.ts'

type EachPair = (earlier: number, later: number) => void

/** Pairs each committed transaction with the next transaction of the same process among the rows. */
export const eachProcessPair = (transactions: Transactions, rows: Int32Array, each: EachPair): void => {
  const last = new Map<number, number>()
  for (const row of rows) {
    const process = transactions.process[row] as number
    const previous = last.get(process)
    if (previous !== undefined) each(previous, row)
    if (transactions.outcome[row] === COMMITTED) last.set(process, row)
  }
}

/**
 * Pairs each row with the rows that were over before it began, transitively reduced (Kingsbury and Alvaro 2020, section
 * 5.1). It maintains the frontier: the committed transactions that no other committed transaction follows before the row
 * that begins now. A transaction that commits removes from the frontier those that were over when it began. So each row
 * is paired with at most as many earlier rows as ran at the same time.
 *
 * @param rows ascending
 */
export const eachRealTimePair = (transactions: Transactions, rows: Int32Array, each: EachPair): void => {
  const { invokedAt, completedAt, outcome } = transactions
  const byCompletion = rows.filter((row) => outcome[row] === COMMITTED)
  byCompletion.sort((a, b) => (completedAt[a] as number) - (completedAt[b] as number))
  let frontier: number[] = []
  let done = 0
  for (const row of rows) {
    for (; done < byCompletion.length; done++) {
      const finished = byCompletion[done] as number
      if ((completedAt[finished] as number) > (invokedAt[row] as number)) break
      const began = invokedAt[finished] as number
      frontier = frontier.filter((earlier) => (completedAt[earlier] as number) > began)
      frontier.push(finished)
    }
    for (const earlier of frontier) each(earlier, row)
  }
}

export const addOrders = (transactions: Transactions, edges: EdgeList): void => {
  const rows = Int32Array.from({ length: transactions.count }, (_, row) => row)
  eachProcessPair(transactions, rows, (earlier, later) => edges.add(earlier, later, PROCESS))
  eachRealTimePair(transactions, rows, (earlier, later) => edges.add(earlier, later, REAL_TIME))
}

/**
 * The same cycle, in which transactions that follow each other in the order of a process or in real time are left out but for
 * the first and the last: what is between them proves nothing more.
 *
 * @param edges where the edges from the first to the last are added
 */
export const withoutBetween = (cycle: readonly number[], edges: EdgeList): readonly number[] => {
  const isOrder = (edge: number | undefined): boolean =>
    edge !== undefined && ((edges.kind[edge] as Kinds) & (PROCESS | REAL_TIME)) !== 0
  const shorter: number[] = []
  for (let at = 0; at < cycle.length; at++) {
    const start = at
    while (isOrder(cycle[at]) && isOrder(cycle[at + 1])) at++
    const [first, last] = [cycle[start] as number, cycle[at] as number]
    shorter.push(start === at ? first : edges.length)
    if (start === at) continue
    const isOneProcess = cycle.slice(start, at + 1).every((edge) => edges.kind[edge] === PROCESS)
    edges.add(edges.from[first] as number, edges.to[last] as number, isOneProcess ? PROCESS : REAL_TIME)
  }
  return shorter
}
