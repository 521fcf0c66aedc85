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

export const ALL_KINDS = union([...WW_KINDS.flat(), WR, ...RW_KINDS, PROCESS, REAL_TIME])

/** WW edges of at most this scope and strength. */
export const writesWithin = (scope: Scope, strength: Strength): Kinds =>
  union(WW_KINDS.slice(0, scope + 1).flatMap((kinds) => kinds.slice(0, strength + 1)))

/** RW edges of at most this scope. */
export const antiWithin = (scope: Scope): Kinds => union(RW_KINDS.slice(0, scope + 1))

const FIRST_CAPACITY = 1024

const NONE = -1
/** Key, before, after. */
const REASON_CELLS = 3

const doubled = (old: Int32Array): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(old.length * 2)
  larger.set(old)
  return larger
}

/** What edges follow from: rows of three numbers. Edges of the orders come last and need none, so they take no room. */
class Reasons {
  #cells: Int32Array
  #length = 0

  constructor(capacity: number) {
    this.#cells = new Int32Array(REASON_CELLS * capacity)
  }

  set(edge: number, key: number, before: number, after: number): void {
    const at = REASON_CELLS * edge
    while (at >= this.#cells.length) this.#cells = doubled(this.#cells)
    if (this.#length < at) this.#cells.fill(NONE, this.#length, at)
    this.#cells[at] = key
    this.#cells[at + 1] = before
    this.#cells[at + 2] = after
    this.#length = at + REASON_CELLS
  }

  at(edge: number, cell: number): number {
    const at = REASON_CELLS * edge + cell
    return at < this.#length ? (this.#cells[at] as number) : NONE
  }
}

interface Capacity {
  readonly edges: number
  /** Those that follow from versions. */
  readonly reasons: number
}

/** Edges in the order in which they are found. */
export class EdgeList {
  length = 0
  from: Int32Array
  to: Int32Array
  kind: Uint16Array
  readonly #reasons: Reasons

  /** @param capacity at first: a good guess saves copies, and much room where there are many lists */
  constructor({ edges, reasons }: Capacity = { edges: FIRST_CAPACITY, reasons: FIRST_CAPACITY }) {
    const room = Math.max(edges, 1)
    this.from = new Int32Array(room)
    this.to = new Int32Array(room)
    this.kind = new Uint16Array(room)
    this.#reasons = new Reasons(Math.max(reasons, 1))
  }

  add(from: number, to: number, kind: number, key = NONE, before = NONE, after = NONE): void {
    if (from === to) return
    if (this.length === this.from.length) this.#grow()
    const at = this.length++
    this.from[at] = from
    this.to[at] = to
    this.kind[at] = kind
    if (key !== NONE || before !== NONE || after !== NONE) this.#reasons.set(at, key, before, after)
  }

  /** Number of the key whose versions the edge follows from; -1: none. */
  key(edge: number): number {
    return this.#reasons.at(edge, 0)
  }

  /** Number of the version that `from` wrote or read; -1: the state before all versions. */
  before(edge: number): number {
    return this.#reasons.at(edge, 1)
  }

  /** Number of the version that `to` wrote or read; -1: the state before all versions. */
  after(edge: number): number {
    return this.#reasons.at(edge, 2)
  }

  #grow(): void {
    this.from = doubled(this.from)
    this.to = doubled(this.to)
    const kinds = new Uint16Array(this.kind.length * 2)
    kinds.set(this.kind)
    this.kind = kinds
  }
}

type TakeEdge = (from: number, to: number, kind: Kinds, edge: number) => void

/** Gives all edges, and the same again when it is asked again. */
type EachEdge = (take: TakeEdge) => void

/** What is told of the edges of an `Adjacency` besides where they lead. */
interface Told {
  readonly kind: Uint16Array
  readonly edges: Int32Array
}

/** Edges grouped by source: those out of `v` are at the places `first[v]` to `first[v + 1] - 1`. */
export interface Grouped {
  readonly vertices: number
  readonly first: Int32Array
  /** The target of each edge. */
  readonly target: Int32Array
  /** The kind of each edge. */
  readonly kind: Uint16Array
  /** The number of each edge. */
  readonly edges: Int32Array
}

/**
 * Whether there is a cycle of any kind is seen from the targets of edges. So where there is none, nothing else takes room.
 */
export class Adjacency implements Grouped {
  readonly vertices: number
  readonly first: Int32Array
  readonly target: Int32Array
  readonly #eachEdge: EachEdge
  #told: Told | null = null

  constructor(vertices: number, eachEdge: EachEdge) {
    const first = new Int32Array(vertices + 1)
    eachEdge((from) => first[from + 1]!++)
    for (let v = 0; v < vertices; v++) first[v + 1]! += first[v] as number
    const next = first.slice(0, vertices)
    const target = new Int32Array(first[vertices] as number)
    eachEdge((from, to) => {
      target[next[from]!++] = to
    })
    this.vertices = vertices
    this.first = first
    this.target = target
    this.#eachEdge = eachEdge
  }

  get kind(): Uint16Array {
    return this.#tell().kind
  }

  get edges(): Int32Array {
    return this.#tell().edges
  }

  #tell(): Told {
    if (this.#told !== null) return this.#told
    const next = this.first.slice(0, this.vertices)
    const { length } = this.target
    const [kinds, edges] = [new Uint16Array(length), new Int32Array(length)]
    this.#eachEdge((from, _to, kind, edge) => {
      const at = next[from]!++
      kinds[at] = kind
      edges[at] = edge
    })
    this.#told = { kind: kinds, edges }
    return this.#told
  }
}

/** The edges of a list, numbered as they are in it. */
export class Graph extends Adjacency {
  readonly list: EdgeList

  /** @param ranges of the edges that are in it: from the first of the two to before the second */
  constructor(
    vertices: number,
    list: EdgeList,
    // What is added to the list later is not in the graph.
    ranges: readonly (readonly [from: number, end: number])[] = [[0, list.length]],
  ) {
    super(vertices, (take) => {
      const { from, to, kind } = list
      for (const [start, end] of ranges)
        for (let i = start; i < end; i++) take(from[i] as number, to[i] as number, kind[i] as number, i)
    })
    this.list = list
  }
}
