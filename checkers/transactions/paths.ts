/** Shortest paths by breadth-first search. */
import type { Grouped, Kinds } from './graph.ts'

const UNSEEN = -1

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
  /** Of each state: the search that reached it last, in how many steps, by which edge, and from which state. */
  readonly #reachedIn: Int32Array
  readonly #steps: Int32Array
  readonly #cameBy: Int32Array
  readonly #cameFrom: Int32Array
  /** States that are reached in as many steps as those that are visited now, and in one more. */
  #now: Int32Array
  #next: Int32Array
  #search = 0

  constructor(graph: Grouped) {
    const states = 2 * graph.vertices
    this.#graph = graph
    this.#reachedIn = new Int32Array(states)
    this.#steps = new Int32Array(states)
    this.#cameBy = new Int32Array(states)
    this.#cameFrom = new Int32Array(states)
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
    let [count, nextCount] = [0, 0]
    this.#reach(2 * from, 0, UNSEEN, UNSEEN)
    this.#now[count++] = 2 * from
    for (let steps = 0; count > 0; steps++) {
      for (let head = 0; head < count; head++) {
        const state = this.#now[head] as number
        // It was visited already, when it was found to be nearer.
        if ((this.#steps[state] as number) < steps) continue
        const v = state >> 1
        this.visited++
        if (v === to) return this.#trace(state)
        for (let at = first[v] as number; at < (first[v + 1] as number); at++) {
          const [w, edgeKind] = [target[at] as number, kind[at] as number]
          if ((edgeKind & kinds) === 0) continue
          const isRun = (edgeKind & runs) !== 0
          const reached = isRun ? 2 * w + 1 : 2 * w
          const needed = isRun && (state & 1) === 1 ? steps : steps + 1
          if (this.#isReached(reached, needed) || !may(w)) continue
          this.#reach(reached, needed, edges[at] as number, state)
          if (needed === steps) this.#now[count++] = reached
          else this.#next[nextCount++] = reached
        }
      }
      ;[this.#now, this.#next] = [this.#next, this.#now]
      ;[count, nextCount] = [nextCount, 0]
    }
    return null
  }

  #reach(state: number, steps: number, by: number, from: number): void {
    this.#reachedIn[state] = this.#search
    this.#steps[state] = steps
    this.#cameBy[state] = by
    this.#cameFrom[state] = from
  }

  /** Whether the vertex is reached in a state from which nothing takes more steps. */
  #isReached(state: number, steps: number): boolean {
    if (this.#isWithin(state, steps)) return true
    // What goes on from within a run goes on from anywhere, with at most one step more.
    return this.#isWithin(state ^ 1, (state & 1) === 1 ? steps - 1 : steps)
  }

  #isWithin(state: number, steps: number): boolean {
    return this.#reachedIn[state] === this.#search && (this.#steps[state] as number) <= steps
  }

  #trace(last: number): readonly number[] {
    const path: number[] = []
    for (let state = last; this.#cameBy[state] !== UNSEEN; state = this.#cameFrom[state] as number)
      path.push(this.#cameBy[state] as number)
    return path.reverse()
  }
}
