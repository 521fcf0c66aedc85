/** A graph of dependencies between transactions, on typed arrays; edges may be parallel. */

/**
 * Why one transaction must come before another (Adya 1999, section 4.4):
 * - WW: it wrote the version before the version of the other;
 * - WR: the other read what it wrote;
 * - RW: it read the version before the one that the other wrote (anti-dependency);
 * - PROCESS, REAL_TIME: it was over before the other began, in the same process, or in any process.
 */
export const WW = 1
export const WR = 2
export const RW = 4
export const PROCESS = 8
export const REAL_TIME = 16

/** A set of kinds. */
export type Kinds = number

const LEAST_CAPACITY = 1024

/** Edges in the order in which they are found. */
export class EdgeList {
  length = 0
  from: Int32Array
  to: Int32Array
  kind: Uint8Array
  /** Number of the key whose versions the edge follows from; -1: none. */
  key: Int32Array
  /** Numbers of the versions that `from` and `to` wrote or read; -1: the state before all versions. */
  before: Int32Array
  after: Int32Array

  /** @param capacity of the initial arrays: a good guess saves copies */
  constructor(capacity = LEAST_CAPACITY) {
    const room = Math.max(capacity, LEAST_CAPACITY)
    this.from = new Int32Array(room)
    this.to = new Int32Array(room)
    this.kind = new Uint8Array(room)
    this.key = new Int32Array(room)
    this.before = new Int32Array(room)
    this.after = new Int32Array(room)
  }

  add(from: number, to: number, kind: number, key = -1, before = -1, after = -1): void {
    if (from === to) return
    if (this.length === this.from.length) this.#grow()
    const at = this.length++
    this.from[at] = from
    this.to[at] = to
    this.kind[at] = kind
    this.key[at] = key
    this.before[at] = before
    this.after[at] = after
  }

  #grow(): void {
    const double = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(old.length * 2)
      larger.set(old)
      return larger
    }
    this.from = double(this.from)
    this.to = double(this.to)
    this.key = double(this.key)
    this.before = double(this.before)
    this.after = double(this.after)
    const kinds = new Uint8Array(this.kind.length * 2)
    kinds.set(this.kind)
    this.kind = kinds
  }
}

/** The same edges, grouped by source: the edges out of `v` are `edges[first[v]]` to `edges[first[v + 1] - 1]`. */
export interface Graph {
  readonly vertices: number
  readonly list: EdgeList
  readonly first: Int32Array
  readonly edges: Int32Array
  /** Target and kind of `edges[i]`, copied here for speed. */
  readonly target: Int32Array
  readonly kind: Uint8Array
}

export const graphOf = (vertices: number, list: EdgeList): Graph => {
  const first = new Int32Array(vertices + 1)
  for (let i = 0; i < list.length; i++) first[(list.from[i] as number) + 1]!++
  for (let v = 0; v < vertices; v++) first[v + 1]! += first[v] as number
  const next = first.slice(0, vertices)
  const edges = new Int32Array(list.length)
  const target = new Int32Array(list.length)
  const kind = new Uint8Array(list.length)
  for (let i = 0; i < list.length; i++) {
    const at = next[list.from[i] as number]!++
    edges[at] = i
    target[at] = list.to[i] as number
    kind[at] = list.kind[i] as number
  }
  return { vertices, list, first, edges, target, kind }
}
