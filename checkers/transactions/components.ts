/** Strongly connected components (Tarjan 1972), without recursion, on typed arrays: linear in vertices and edges. */
import { ALL_KINDS, type Grouped, type Kinds } from './graph.ts'

export interface Components {
  /** The component of each vertex; components are numbered in reverse topological order. */
  readonly of: Int32Array
  /** Components with at least two vertices, each as its vertices. */
  readonly cyclic: readonly Int32Array[]
}

const NONE = -1
/** Instead of its number, once the component of a vertex is known: above all numbers. */
const CLOSED = 2 ** 31 - 1

/**
 * @param kinds which edges count
 * @param within only edges between vertices of the same one of these components count
 * @param roots all vertices, in the order in which the search begins at them. With the last of an order first, components are
 *   numbered nearly against that order, wherever nearly all edges keep it
 */
export const componentsOf = (
  graph: Grouped,
  kinds: Kinds,
  within: Components | null = null,
  roots: Int32Array | null = null,
): Components => {
  const { vertices, first, target } = graph
  // Each edge has one of all kinds: which one takes room, and need not be known.
  const kind = kinds === ALL_KINDS ? null : graph.kind
  const of = new Int32Array(vertices)
  const number = new Int32Array(vertices)
  const low = new Int32Array(vertices)
  const next = first.slice(0, vertices)
  const path = new Int32Array(vertices)
  const stack = new Int32Array(vertices)
  const cyclic: Int32Array[] = []
  let [counter, depth, height, components] = [0, 0, 0, 0]
  for (let i = 0; i < vertices; i++) {
    let entered = roots === null ? i : (roots[i] as number)
    if (number[entered] !== 0) continue
    for (;;) {
      if (entered !== NONE) {
        number[entered] = ++counter
        low[entered] = counter
        stack[height++] = entered
        path[depth++] = entered
        entered = NONE
      }
      const v = path[depth - 1] as number
      const end = first[v + 1] as number
      let [at, lowest] = [next[v] as number, low[v] as number]
      for (; at < end && entered === NONE; at++) {
        if (kind !== null && ((kind[at] as number) & kinds) === 0) continue
        const w = target[at] as number
        if (within !== null && within.of[w] !== within.of[v]) continue
        const seen = number[w] as number
        if (seen === 0) entered = w
        else if (seen < lowest) lowest = seen
      }
      next[v] = at
      low[v] = lowest
      if (entered !== NONE) continue
      depth--
      if (lowest === number[v]) {
        const top = height
        while (stack[--height] !== v);
        for (let place = height; place < top; place++) {
          of[stack[place] as number] = components
          number[stack[place] as number] = CLOSED
        }
        if (top - height > 1) cyclic.push(stack.slice(height, top))
        components++
      }
      if (depth === 0) break
      const parent = path[depth - 1] as number
      if (lowest < (low[parent] as number)) low[parent] = lowest
    }
  }
  return { of, cyclic }
}
