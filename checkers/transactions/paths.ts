/** Shortest paths by breadth-first search. */
import type { Graph, Kinds } from './graph.ts'

const UNSEEN = -1

/** Scratch space for many searches in one graph. */
export class Paths {
  /** Vertices visited so far, over all searches. */
  visited = 0
  readonly #graph: Graph
  readonly #seenIn: Int32Array
  readonly #cameBy: Int32Array
  readonly #queue: Int32Array
  #search = 0

  constructor(graph: Graph) {
    this.#graph = graph
    this.#seenIn = new Int32Array(graph.vertices)
    this.#cameBy = new Int32Array(graph.vertices)
    this.#queue = new Int32Array(graph.vertices)
  }

  /**
   * The edges of a shortest path, as indices into the graph's list; null if there is none.
   *
   * @param kinds which edges count
   * @param may whether the path may go through a vertex
   */
  find(from: number, to: number, kinds: Kinds, may: (vertex: number) => boolean): readonly number[] | null {
    const { first, target, kind, edges } = this.#graph
    const search = ++this.#search
    let [head, tail] = [0, 0]
    this.#queue[tail++] = from
    this.#seenIn[from] = search
    this.#cameBy[from] = UNSEEN
    while (head < tail) {
      const v = this.#queue[head++] as number
      this.visited++
      if (v === to) return this.#trace(to)
      for (let at = first[v] as number; at < (first[v + 1] as number); at++) {
        const w = target[at] as number
        if (((kind[at] as number) & kinds) === 0 || this.#seenIn[w] === search || !may(w)) continue
        this.#seenIn[w] = search
        this.#cameBy[w] = edges[at] as number
        this.#queue[tail++] = w
      }
    }
    return null
  }

  #trace(to: number): readonly number[] {
    const path: number[] = []
    const { list } = this.#graph
    for (let edge = this.#cameBy[to] as number; edge !== UNSEEN; ) {
      path.push(edge)
      edge = this.#cameBy[list.from[edge] as number] as number
    }
    return path.reverse()
  }
}
