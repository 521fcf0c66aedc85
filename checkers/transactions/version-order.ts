/**
 * The order of the versions of one register, as far as it follows from the history (Kingsbury and Alvaro 2020, section 5.2).
 * Each pair of versions has a scope and a strength: it follows in models that respect the order of that scope and forbid the
 * cycles of that strength, and in no others (`graph.ts`).
 *
 * With `v(T)` for the version that T wrote last, or else read, and `u(T)` for the version that T read first, or else wrote:
 *
 * - the initial state comes before every version;
 * - writes follow reads: what T read of a key and then wrote, in this order. Otherwise the writer of the version read would
 *   both overwrite T and be read by it (G1c);
 * - where T1 was over before T2 began, `v(T1)` comes before `u(T2)`, or is the same. Otherwise T2 would be overwritten by T1
 *   (G0), by the transaction whose version T1 read (G1c), or T2 would have missed a version that is older than T1 (G-single).
 *   This needs a model that respects the order of each process, or real time: Elle's `sequential-keys?` and
 *   `linearizable-keys?`, without the need to assume them.
 */
import { lowerBound } from '../lower-bound.ts'
import { BY_READS, BY_VIEWS, BY_WRITES, EdgeList, type Scope, type Strength, WW_KINDS } from './graph.ts'
import { eachProcessPair, eachRealTimePair } from './order.ts'
import type { Transactions } from './transactions.ts'

/** What may be assumed about each single key, whatever the model. */
export type KeyAssumption = 'nothing' | 'sequential' | 'linearizable'

export const INITIAL = 0
export const NO_WRITER = -1

/** How one transaction accessed one key. Versions are numbers within the key; INITIAL is null. */
export interface Touch {
  readonly row: number
  /** Version read before its own first write; undefined: not read. */
  readonly read: number | undefined
  /** Version written last. */
  readonly written: number | undefined
}

/** What is known of one key. */
export interface Register {
  /** The number of its versions. */
  readonly versions: { readonly length: number }
  /** Version -> row that wrote it; NO_WRITER for the initial state and for garbage. */
  readonly writers: readonly number[]
  readonly touches: readonly Touch[]
}

/** Pairs of versions as edges; `before` and `after` are the rows of the two transactions that the order follows from. */
export class VersionOrder {
  readonly pairs: EdgeList
  readonly #history: Transactions
  readonly #register: Register
  /** Pair -> the strength with which it is already there. */
  readonly #known = new Map<number, Strength>()

  /** @param scope the largest that counts */
  constructor(history: Transactions, register: Register, assumption: KeyAssumption, scope: Scope) {
    this.#history = history
    this.#register = register
    const { versions, touches } = register
    const most = versions.length + touches.length
    this.pairs = new EdgeList({ edges: most, reasons: most })
    for (let version = 1; version < versions.length; version++) this.#add(INITIAL, version, 0, BY_WRITES)
    for (const { row, read, written } of touches)
      if (read !== undefined && written !== undefined) this.#add(read, written, 0, BY_READS, row, row)
    if (assumption === 'sequential') this.#addAssumed(eachProcessPair)
    if (assumption === 'linearizable') this.#addAssumed(eachRealTimePair)
    if (scope > 0) this.#addScope(1, eachProcessPair)
    if (scope > 1) this.#addScope(2, eachRealTimePair)
  }

  #add(from: number, to: number, scope: Scope, strength: Strength, earlier = -1, later = -1): void {
    const pair = from * this.#register.versions.length + to
    const known = this.#known.get(pair)
    if (from === to || (known !== undefined && known <= strength)) return
    this.#known.set(pair, strength)
    this.pairs.add(from, to, WW_KINDS[scope]?.[strength] as number, -1, earlier, later)
  }

  #addAssumed(each: typeof eachProcessPair): void {
    this.#eachPair(each, this.#register.touches, (a, b) => {
      const [from, to] = [a.written ?? a.read, b.read ?? b.written]
      if (from !== undefined && to !== undefined) this.#add(from, to, 0, BY_WRITES, a.row, b.row)
    })
  }

  #addScope(scope: Scope, each: typeof eachProcessPair): void {
    const { touches } = this.#register
    const writes = touches.filter(({ written }) => written !== undefined)
    this.#eachPair(each, writes, (a, b) => this.#addReal(a, b, a.written, b.written, scope, BY_WRITES))
    this.#eachPair(each, touches, (a, b) => {
      const strength = b.read !== undefined ? BY_VIEWS : a.written !== undefined ? BY_WRITES : BY_READS
      this.#addReal(a, b, a.written ?? a.read, b.read ?? b.written, scope, strength)
    })
  }

  /** Versions without a writer are left out: that they were read is an anomaly of its own. */
  #addReal(
    a: Touch,
    b: Touch,
    from: number | undefined,
    to: number | undefined,
    scope: Scope,
    strength: Strength,
  ): void {
    const { writers } = this.#register
    if (from === undefined || to === undefined) return
    if (writers[from] !== NO_WRITER && writers[to] !== NO_WRITER)
      this.#add(from, to, scope, strength, a.row, b.row)
  }

  #eachPair(
    each: typeof eachProcessPair,
    touches: readonly Touch[],
    take: (earlier: Touch, later: Touch) => void,
  ): void {
    const rows = Int32Array.from(touches, ({ row }) => row)
    const touchOf = (row: number): Touch => touches[lowerBound(rows, (each) => each, row)] as Touch
    each(this.#history, rows, (earlier, later) => take(touchOf(earlier), touchOf(later)))
  }
}
