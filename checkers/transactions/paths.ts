/** Shortest paths by breadth-first search. */
import type { Grouped, Kinds } from './graph.ts'

const UNSEEN = -1

/** What is kept of each state, next to each other: the search that reached it last, in how many steps, by which edge, from where. */
const CELLS = 4
const STEPS = 1
const CAME_BY = 2
const CAME_FROM = 3

/**
 * Scratch space for many searches in one graph.
 *
 * Where edges in a row count as one step (a run), how a vertex was reached matters: from the middle of a run the run goes on
 * for nothing. So each vertex is there twice, as states: `2v` reached otherwise, `2v + 1` reached within a run.
 */
export class Paths {
  /** Vertices visited so far, over all searches. */
  visited = 0
  readonly #graph: Grouped
  readonly #states: Int32Array
  /** States that are reached in as many steps as those that are visited now, and in one more. */
  #now: Int32Array
  #next: Int32Array
  #search = 0

  constructor(graph: Grouped) {
    const states = 2 * graph.vertices
    this.#graph = graph
    this.#states = new Int32Array(CELLS * states)
    this.#now = new Int32Array(states)
    this.#next = new Int32Array(states)
  }

  /**
   * The edges of a shortest path, as indices into the graph's list; null if there is none.
   *
   * @param kinds which edges count
   * @param may whether the path may go through a vertex
   * @param runs kinds of which several edges in a row are one step
   */
  find(
    from: number,
    to: number,
    kinds: Kinds,
    may: (vertex: number) => boolean,
    runs: Kinds = 0,
  ): readonly number[] | null {
    const { first, target, kind, edges } = this.#graph
    this.#search++
    let count = 0
    this.#reach(2 * from, 0, UNSEEN, UNSEEN)
    this.#now[count++] = 2 * from
    for (let steps = 0; count > 0; steps++) {
      let nextCount = 0
      for (let head = 0; head < count; head++) {
        const state = this.#now[head] as number
        // It was visited already, when it was found to be nearer.
        if ((this.#states[CELLS * state + STEPS] as number) < steps) continue
        const v = state >> 1
        this.visited++
        if (v === to) return this.#trace(state)
        const end = first[v + 1] as number
        for (let at = first[v] as number; at < end; at++) {
          const edgeKind = kind[at] as number
          if ((edgeKind & kinds) === 0) continue
          const w = target[at] as number
          const isRun = (edgeKind & runs) !== 0
          const reached = isRun ? 2 * w + 1 : 2 * w
          const needed = isRun && (state & 1) === 1 ? steps : steps + 1
          if (this.#isReached(reached, needed) || !may(w)) continue
          this.#reach(reached, needed, edges[at] as number, state)
          if (needed === steps) this.#now[count++] = reached
          else this.#next[nextCount++] = reached
        }
      }
      const visited = this.#now
      this.#now = this.#next
      this.#next = visited
      count = nextCount
    }
    return null
  }

  #reach(state: number, steps: number, by: number, from: number): void {
    const at = CELLS * state
    this.#states[at] = this.#search
    this.#states[at + STEPS] = steps
    this.#states[at + CAME_BY] = by
    this.#states[at + CAME_FROM] = from
  }

  /** Whether the vertex is reached in a state from which nothing takes more steps. */
  #isReached(state: number, steps: number): boolean {
    if (this.#isWithin(state, steps)) return true
    // What goes on from within a run goes on from anywhere, with at most one step more.
    return this.#isWithin(state ^ 1, (state & 1) === 1 ? steps - 1 : steps)
  }

  #isWithin(state: number, steps: number): boolean {
    const at = CELLS * state
    return this.#states[at] === this.#search && (this.#states[at + STEPS] as number) <= steps
  }

  #trace(last: number): readonly number[] {
    const path: number[] = []
    let at = CELLS * last
    for (; this.#states[at + CAME_BY] !== UNSEEN; at = CELLS * (this.#states[at + CAME_FROM] as number))
      path.push(this.#states[at + CAME_BY] as number)
    return path.reverse()
  }
}
