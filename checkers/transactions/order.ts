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
 * The committed ones among the rows, in the order in which they were over. Each one is moved past those that began before it and
 * were over after it: no more than ran at the same time.
 */
export const inOrderOfCompletion = ({ outcome, completedAt }: Transactions, rows: Int32Array): Int32Array => {
  const sorted = new Int32Array(rows.length)
  let count = 0
  for (const row of rows) {
    if (outcome[row] !== COMMITTED) continue
    const end = completedAt[row] as number
    let at = count++
    for (; at > 0 && (completedAt[sorted[at - 1] as number] as number) > end; at--)
      sorted[at] = sorted[at - 1] as number
    sorted[at] = row
  }
  return sorted.subarray(0, count)
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
  const { invokedAt, completedAt } = transactions
  const byCompletion = inOrderOfCompletion(transactions, rows)
  const frontier: number[] = []
  let [width, done] = [0, 0]
  for (const row of rows) {
    for (; done < byCompletion.length; done++) {
      const finished = byCompletion[done] as number
      if ((completedAt[finished] as number) > (invokedAt[row] as number)) break
      const began = invokedAt[finished] as number
      let kept = 0
      for (let i = 0; i < width; i++) {
        const earlier = frontier[i] as number
        if ((completedAt[earlier] as number) > began) frontier[kept++] = earlier
      }
      frontier[kept] = finished
      width = kept + 1
    }
    for (let i = 0; i < width; i++) each(frontier[i] as number, row)
  }
}

/** All rows. */
export const rowsOf = ({ count }: Transactions): Int32Array => {
  const rows = new Int32Array(count)
  for (let row = 0; row < count; row++) rows[row] = row
  return rows
}

export const addProcessOrder = (transactions: Transactions, edges: EdgeList): void =>
  eachProcessPair(transactions, rowsOf(transactions), (earlier, later) => edges.add(earlier, later, PROCESS))

export const addRealTimeOrder = (transactions: Transactions, edges: EdgeList): void =>
  eachRealTimePair(transactions, rowsOf(transactions), (earlier, later) =>
    edges.add(earlier, later, REAL_TIME),
  )

/** The number of edges that the order of real time has. */
export const countRealTimeOrder = (transactions: Transactions): number => {
  let count = 0
  eachRealTimePair(transactions, rowsOf(transactions), () => count++)
  return count
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
