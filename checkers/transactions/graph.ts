/** A graph of dependencies between transactions, on typed arrays; edges may be parallel. */

/**
 * Why one transaction must come before another (Adya 1999, section 4.4):
 * - WW: it wrote a version before the version of the other;
 * - WR: the other read what it wrote;
 * - RW: it read a version before the one that the other wrote (anti-dependency);
 * - PROCESS, REAL_TIME: it was over before the other began, in the same process, or in any process.
 */
export const WR = 2
export const PROCESS = 8
export const REAL_TIME = 16

/** A set of kinds. */
export type Kinds = number

/** What an order of versions takes for granted: nothing, the order within each process, or real time. */
export type Scope = 0 | 1 | 2

/**
 * Which cycles a model must forbid for an order of two versions to follow. If the versions were ordered the other way round,
 * there would be a cycle of writes alone (G0), of writes and reads (G1c), or with one anti-dependency (G-single).
 */
export const BY_WRITES = 0
export const BY_READS = 1
export const BY_VIEWS = 2
export type Strength = typeof BY_WRITES | typeof BY_READS | typeof BY_VIEWS

/** The kinds of WW edges: by scope, then by strength. */
export const WW_KINDS: readonly (readonly Kinds[])[] = [
  [1, 1 << 5, 1 << 6],
  [1 << 7, 1 << 8, 1 << 9],
  [1 << 10, 1 << 11, 1 << 12],
]
/** The kinds of RW edges, by the scope of the order of versions that they follow from. */
export const RW_KINDS: readonly Kinds[] = [4, 1 << 13, 1 << 14]

/** An order of versions that the history itself shows. */
export const WW = WW_KINDS[0]?.[BY_WRITES] as Kinds
export const RW = RW_KINDS[0] as Kinds

const union = (kinds: readonly Kinds[]): Kinds => kinds.reduce((all, kind) => all | kind, 0)

/** WW edges of at most this scope and strength. */
export const writesWithin = (scope: Scope, strength: Strength): Kinds =>
  union(WW_KINDS.slice(0, scope + 1).flatMap((kinds) => kinds.slice(0, strength + 1)))

/** RW edges of at most this scope. */
export const antiWithin = (scope: Scope): Kinds => union(RW_KINDS.slice(0, scope + 1))

const FIRST_CAPACITY = 1024

/** Edges in the order in which they are found. */
export class EdgeList {
  length = 0
  from: Int32Array
  to: Int32Array
  kind: Uint16Array
  /** Number of the key whose versions the edge follows from; -1: none. */
  key: Int32Array
  /** Numbers of the versions that `from` and `to` wrote or read; -1: the state before all versions. */
  before: Int32Array
  after: Int32Array

  /** @param capacity of the initial arrays: a good guess saves copies, and much room where there are many lists */
  constructor(capacity = FIRST_CAPACITY) {
    const room = Math.max(capacity, 1)
    this.from = new Int32Array(room)
    this.to = new Int32Array(room)
    this.kind = new Uint16Array(room)
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
    const kinds = new Uint16Array(this.kind.length * 2)
    kinds.set(this.kind)
    this.kind = kinds
  }
}

/** Edges grouped by source: those out of `v` are at the places `first[v]` to `first[v + 1] - 1`. */
export interface Adjacency {
  readonly vertices: number
  readonly first: Int32Array
  /** Number of each edge, its target and its kind. */
  readonly edges: Int32Array
  readonly target: Int32Array
  readonly kind: Uint16Array
}

/** The edges of a list, numbered as they are in it. */
export interface Graph extends Adjacency {
  readonly list: EdgeList
}

type TakeEdge = (from: number, to: number, kind: Kinds, edge: number) => void

/** @param eachEdge gives all edges, and the same again when it is asked again */
export const adjacencyOf = (vertices: number, eachEdge: (take: TakeEdge) => void): Adjacency => {
  const first = new Int32Array(vertices + 1)
  eachEdge((from) => first[from + 1]!++)
  for (let v = 0; v < vertices; v++) first[v + 1]! += first[v] as number
  const next = first.slice(0, vertices)
  const count = first[vertices] as number
  const [edges, target, kinds] = [new Int32Array(count), new Int32Array(count), new Uint16Array(count)]
  eachEdge((from, to, kind, edge) => {
    const at = next[from]!++
    edges[at] = edge
    target[at] = to
    kinds[at] = kind
  })
  return { vertices, first, edges, target, kind: kinds }
}

export const graphOf = (vertices: number, list: EdgeList): Graph => ({
  list,
  ...adjacencyOf(vertices, (take) => {
    const { from, to, kind, length } = list
    for (let i = 0; i < length; i++) take(from[i] as number, to[i] as number, kind[i] as number, i)
  }),
})
