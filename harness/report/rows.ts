/** The lines in which clients are drawn. */
import type { Operation, Pair, Sequence } from '../api/history.ts'

export interface Rows {
  readonly labels: readonly string[]
  readonly rowOf: (pair: Pair) => number
}

/** One line per client thread: a crashed process and its successors share a line. */
const rowsOfThreads = (pairs: Sequence<Pair>, concurrency: number): Rows => {
  const threadOf = ({ invocation }: Pair): number => (invocation.process as number) % concurrency
  const nodes = new Map<number, string | undefined>()
  for (const pair of pairs) nodes.set(threadOf(pair), pair.invocation.node)
  const threads = [...nodes.keys()].sort((a, b) => a - b)
  const position = new Map(threads.map((thread, i) => [thread, i]))
  const labelOf = (thread: number): string => {
    const node = nodes.get(thread)
    return `client ${thread}${node === undefined ? '' : ` at ${node}`}`
  }
  return { labels: threads.map(labelOf), rowOf: (pair) => position.get(threadOf(pair)) as number }
}

/** More processes than this share lines: a history may have thousands, each with a few operations. */
const MANY_PROCESSES = 100

/**
 * Processes share a line if the first is done before the second begins. One that ends in doubt counts as done when it began
 * its last operation; otherwise each crashed one would have a line of its own to the end.
 */
const rowsShared = (pairs: Sequence<Pair>): Rows => {
  const lives = new Map<number, { readonly fromNs: number; toNs: number }>()
  for (const { invocation, completion } of pairs) {
    const process = invocation.process as number
    const toNs = completion?.timeNs ?? invocation.timeNs
    const life = lives.get(process)
    if (life === undefined) lives.set(process, { fromNs: invocation.timeNs, toNs })
    else life.toNs = Math.max(life.toNs, toNs)
  }
  const busyUntil: number[] = []
  const rows = new Map<number, number>()
  for (const [process, { fromNs, toNs }] of lives) {
    const free = busyUntil.findIndex((until) => until < fromNs)
    const row = free === -1 ? busyUntil.length : free
    busyUntil[row] = toNs
    rows.set(process, row)
  }
  return {
    labels: busyUntil.map((_, row) => `processes ${row}`),
    rowOf: ({ invocation }) => rows.get(invocation.process as number) as number,
  }
}

/** @param concurrency of the run; null: an imported history, in which each process is a client */
export const rowsOf = (pairs: Sequence<Pair>, concurrency: number | null): Rows => {
  if (concurrency !== null) return rowsOfThreads(pairs, concurrency)
  const processes = new Set<Operation['process']>()
  for (const { invocation } of pairs) processes.add(invocation.process)
  return processes.size > MANY_PROCESSES ? rowsShared(pairs) : rowsOfThreads(pairs, Number.MAX_SAFE_INTEGER)
}
