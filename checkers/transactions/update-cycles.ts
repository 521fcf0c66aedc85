/**
 * Cycles in which at most one transaction only reads (G-update: Adya 1999, section 4.2.3): the updates, together with any
 * single transaction that only reads, must have a serial order in PL-3U (update serializable).
 */
import { componentsOf } from './components.ts'
import { antiWithin, BY_READS, EdgeList, Graph, type Kinds, WR, writesWithin } from './graph.ts'
import { Paths } from './paths.ts'

const KINDS: Kinds = writesWithin(0, BY_READS) | WR | antiWithin(0)
/** Vertices that searches may visit without success. */
const MOST_VISITS = 10_000_000

export type UpdateCycle =
  | { readonly found: 'cycle'; readonly edges: readonly number[] }
  | { readonly found: 'none' }
  /** There are too many transactions that only read to try each. */
  | { readonly found: 'not told' }

/** @param isUpdate row -> 1 if the transaction writes */
export const findUpdateCycle = (count: number, edges: EdgeList, isUpdate: Uint8Array): UpdateCycle => {
  const { of, cyclic } = componentsOf(new Graph(count, edges), KINDS)
  const list = new EdgeList()
  const origin: number[] = []
  for (let edge = 0; edge < edges.length; edge++) {
    const [from, to] = [edges.from[edge] as number, edges.to[edge] as number]
    if (((edges.kind[edge] as Kinds) & KINDS) === 0 || of[from] !== of[to]) continue
    list.add(from, to, KINDS & (edges.kind[edge] as Kinds))
    origin.push(edge)
  }
  const graph = new Graph(count, list)
  const paths = new Paths(graph)
  /** The shortest cycle that begins with an edge of `start` and goes on through updates only. */
  const through = (start: number, may: (vertex: number) => boolean): UpdateCycle | null => {
    for (let at = graph.first[start] as number; at < (graph.first[start + 1] as number); at++) {
      const next = graph.target[at] as number
      const back = may(next) ? paths.find(next, start, KINDS, may) : null
      if (back === null) continue
      return {
        found: 'cycle',
        edges: [graph.edges[at] as number, ...back].map((edge) => origin[edge] as number),
      }
    }
    return null
  }
  for (const start of cyclic.flatMap((component) => [...component])) {
    if (paths.visited > MOST_VISITS) return { found: 'not told' }
    const cycle = through(start, (vertex) => vertex === start || isUpdate[vertex] === 1)
    if (cycle !== null) return cycle
  }
  return { found: 'none' }
}
