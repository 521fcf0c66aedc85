/** Strongly connected components (Tarjan 1972), without recursion, on typed arrays: linear in vertices and edges. */
import { ALL_KINDS, type Grouped, type Kinds } from './graph.ts'

export interface Components {
  /** The component of each vertex; components are numbered in reverse topological order. */
  readonly of: Int32Array
  /** Components with at least two vertices, each as its vertices. */
  readonly cyclic: readonly Int32Array[]
}

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
  const of = new Int32Array(vertices).fill(-1)
  const number = new Int32Array(vertices)
  const low = new Int32Array(vertices)
  const next = first.slice(0, vertices)
  const path = new Int32Array(vertices)
  const stack = new Int32Array(vertices)
  const cyclic: Int32Array[] = []
  let [counter, depth, height, components] = [0, 0, 0, 0]

  const enter = (v: number): void => {
    number[v] = ++counter
    low[v] = counter
    stack[height++] = v
    path[depth++] = v
  }
  const close = (v: number): void => {
    const bottom = height
    while (stack[--height] !== v);
    for (let i = height; i < bottom; i++) of[stack[i] as number] = components
    if (bottom - height > 1) cyclic.push(stack.slice(height, bottom))
    components++
  }
  const visit = (root: number): void => {
    enter(root)
    while (depth > 0) {
      const v = path[depth - 1] as number
      const end = first[v + 1] as number
      let entered = false
      while ((next[v] as number) < end) {
        const at = next[v]!++
        if (kind !== null && ((kind[at] as number) & kinds) === 0) continue
        const w = target[at] as number
        if (within !== null && within.of[w] !== within.of[v]) continue
        if (number[w] === 0) {
          enter(w)
          entered = true
          break
        }
        if (of[w] === -1 && (number[w] as number) < (low[v] as number)) low[v] = number[w] as number
      }
      if (entered) continue
      depth--
      if (low[v] === number[v]) close(v)
      if (depth === 0) continue
      const parent = path[depth - 1] as number
      if ((low[v] as number) < (low[parent] as number)) low[parent] = low[v] as number
    }
  }
  for (let i = 0; i < vertices; i++) {
    const root = roots === null ? i : (roots[i] as number)
    if (number[root] === 0) visit(root)
  }
  return { of, cyclic }
}
