/**
 * What follows from an rw-register history (Kingsbury and Alvaro 2020, section 5.2). Values are unique, so each value
 * identifies its writer, but no read shows the order of versions. That order is inferred (`version-order.ts`), for each scope
 * on its own: what follows from real time counts only against models that respect real time.
 *
 * What is not inferred is not judged, so an empty result proves less here than for list-append.
 */
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { type AnomalyName, SUFFIXES, type Suffix } from './anomalies.ts'
import { componentsOf } from './components.ts'
import { isWorse } from './consistency.ts'
import {
  BY_READS,
  BY_VIEWS,
  BY_WRITES,
  EdgeList,
  Graph,
  type Kinds,
  RW_KINDS,
  type Scope,
  WR,
  WW_KINDS,
  writesWithin,
} from './graph.ts'
import { ownValue } from './internal.ts'
import { type Keys, numberWrites } from './keys.ts'
import type { MicroOp } from './micro-op.ts'
import { type Inference, Proofs } from './proofs.ts'
import { ABORTED, COMMITTED, type Transactions } from './transactions.ts'
import { INITIAL, type KeyAssumption, NO_WRITER, type Touch, VersionOrder } from './version-order.ts'
import { explainCyclicVersions, type Worded, whyBefore } from './version-reasons.ts'

interface KeyState {
  /** Version -> value. */
  readonly versions: (Scalar | null)[]
  readonly numbers: Map<Scalar | null, number>
  /** Version -> row that wrote it; NO_WRITER for the initial state and for garbage. */
  readonly writers: number[]
  /** Version -> rows that read it as the first operation on the key. */
  readonly readers: number[][]
  readonly touches: Touch[]
}

/** What a contradiction in the order of versions amounts to, by what the order took for granted. */
const CYCLE_OF = ['G0', 'G1c', 'G-single'] as const

/** WW edges of this scope and of any strength. */
const ofScope = (scope: Scope): Kinds =>
  (WW_KINDS[scope] as readonly Kinds[]).reduce((all, kind) => all | kind, 0)

class RwRegister {
  readonly edges = new EdgeList()
  readonly proofs = new Proofs()
  readonly #history: Transactions
  readonly #assumption: KeyAssumption
  readonly #keys: Keys
  readonly #states: readonly KeyState[]

  constructor(history: Transactions, assumption: KeyAssumption) {
    this.#history = history
    this.#assumption = assumption
    this.#keys = numberWrites(history)
    this.#states = this.#keys.names.map(() => ({
      versions: [null],
      numbers: new Map([[null, INITIAL]]),
      writers: [NO_WRITER],
      readers: [[]],
      touches: [],
    }))
  }

  infer(): Inference {
    const happened = this.#findHappened()
    const { count, outcome } = this.#history
    for (let row = 0; row < count; row++) {
      if (happened[row] === 0) continue
      this.#touch(row)
      if (outcome[row] === COMMITTED) this.#judge(row)
    }
    for (const [key, state] of this.#states.entries()) {
      this.#addReads(key, state)
      this.#findLostUpdates(key, state)
    }
    for (const scope of [0, 1, 2] as const)
      for (const [key, state] of this.#states.entries()) this.#addEdges(key, state, scope)
    return {
      edges: this.edges,
      proofs: this.proofs,
      keys: this.#keys.names,
      valueOf: (key, version) => this.#states[key]?.versions[version],
      caveats: [],
      whyBefore: (edge, nameOf) => this.#whyBefore(edge, nameOf),
    }
  }

  #ops(row: number): readonly MicroOp[] {
    return this.#history.opsOf(row)
  }

  #keyOf(name: Scalar): number {
    return this.#keys.numberOf(this.#history.ops.codeOf(name))
  }

  /** The row that wrote it; undefined: nobody did. */
  #rowOf(key: number, value: Scalar): number | undefined {
    return this.#keys.rowOf(key, this.#history.ops.codeOf(value))
  }

  /** Transactions that committed, or whose write was read; a failed transaction never happened. */
  #findHappened(): Uint8Array {
    const { count, outcome } = this.#history
    const happened = new Uint8Array(count)
    for (let row = 0; row < count; row++) {
      if (outcome[row] !== COMMITTED) continue
      happened[row] = 1
      for (const [f, name, value] of this.#ops(row)) {
        if (f !== 'r' || value === null) continue
        const writer = this.#rowOf(this.#keyOf(name), value as Scalar)
        if (writer !== undefined && outcome[writer] !== ABORTED) happened[writer] = 1
      }
    }
    return happened
  }

  #versionOf(key: number, value: Scalar | null): number {
    const state = this.#states[key] as KeyState
    const known = state.numbers.get(value)
    if (known !== undefined) return known
    const writer = this.#rowOf(key, value as Scalar)
    const isReal = writer !== undefined && this.#history.outcome[writer] !== ABORTED
    state.numbers.set(value, state.versions.length)
    state.writers.push(isReal ? writer : NO_WRITER)
    state.readers.push([])
    return state.versions.push(value) - 1
  }

  /** The reads of an uncertain transaction are unknown. */
  #touch(row: number): void {
    const isCommitted = this.#history.outcome[row] === COMMITTED
    const touched = new Map<number, { read: number | undefined; written: number | undefined }>()
    for (const [f, name, value] of this.#ops(row)) {
      const key = this.#keyOf(name)
      const known = touched.get(key)
      if (f === 'r') {
        if (known === undefined && isCommitted)
          touched.set(key, { read: this.#versionOf(key, value as Scalar | null), written: undefined })
        continue
      }
      touched.set(key, { read: known?.read, written: this.#versionOf(key, value as Scalar) })
    }
    for (const [key, { read, written }] of touched) {
      const state = this.#states[key] as KeyState
      state.touches.push({ row, read, written })
      if (read !== undefined) (state.readers[read] as number[]).push(row)
    }
  }

  #judge(row: number): void {
    const ops = this.#ops(row)
    for (const [at, [f, name, value]] of ops.entries()) {
      if (f !== 'r') continue
      const key = this.#keyOf(name)
      const own = ownValue(ops, at)
      if (own !== undefined && own !== value)
        this.proofs.add('internal', () => ({
          transactions: [row],
          because: `T1 read ${name} as ${JSON.stringify(value)}, although it had last read or written ${JSON.stringify(own)}`,
        }))
      if (value !== null) this.#judgeValue(row, at, key, value as Scalar)
    }
  }

  #judgeValue(row: number, at: number, key: number, value: Scalar): void {
    const name = this.#keys.names[key] as Scalar
    const read = `T1 read ${JSON.stringify(value)} from ${name}`
    const writer = this.#rowOf(key, value)
    if (writer === undefined) {
      this.proofs.add('garbage-read', () => ({
        transactions: [row],
        because: `${read}, which nobody ever wrote`,
      }))
      return
    }
    if (writer === row) {
      const isLater = !this.#ops(row).some(
        (op, i) => i < at && op[0] === 'w' && op[1] === name && op[2] === value,
      )
      if (isLater)
        this.proofs.add('future-read', () => ({
          transactions: [row],
          because: `${read} before it wrote that value`,
        }))
      return
    }
    const last = this.#ops(writer).findLast(([f, written]) => f === 'w' && written === name)?.[2]
    if (this.#history.outcome[writer] === ABORTED)
      this.proofs.add('G1a', () => ({
        transactions: [row, writer],
        because: `${read}, which T2 wrote, but T2 failed`,
      }))
    else if (last !== value)
      this.proofs.add('G1b', () => ({
        transactions: [row, writer],
        because: `${read}, which T2 itself overwrote with ${JSON.stringify(last)}`,
      }))
  }

  #addReads(key: number, { writers, readers }: KeyState): void {
    for (const [version, rows] of readers.entries()) {
      const writer = writers[version] as number
      if (writer !== NO_WRITER) for (const row of rows) this.edges.add(writer, row, WR, key, version, version)
    }
  }

  /** The edges that follow from the order of versions in this scope, and do not follow in a smaller one. */
  #addEdges(key: number, state: KeyState, scope: Scope): void {
    const { versions, writers, readers } = state
    const { pairs } = new VersionOrder(this.#history, state, this.#assumption, scope)
    const known = this.#acyclicKinds(key, state, pairs, scope)
    const added = known & ofScope(scope)
    const hasPredecessor = new Uint8Array(versions.length)
    for (let i = 0; i < pairs.length; i++)
      if (pairs.from[i] !== INITIAL && ((pairs.kind[i] as Kinds) & known) !== 0)
        hasPredecessor[pairs.to[i] as number] = 1
    for (let i = 0; i < pairs.length; i++) {
      const [before, after, kind] = [pairs.from[i] as number, pairs.to[i] as number, pairs.kind[i] as Kinds]
      const writer = writers[after] as number
      // A version with another predecessor follows from the initial state through that predecessor.
      const isImplied = before === INITIAL && hasPredecessor[after] === 1
      if ((kind & added) === 0 || writer === NO_WRITER || isImplied) continue
      if (writers[before] !== NO_WRITER)
        this.edges.add(writers[before] as number, writer, kind, key, before, after)
      for (const reader of readers[before] as number[])
        this.edges.add(reader, writer, RW_KINDS[scope] as Kinds, key, before, after)
    }
  }

  /** The kinds of pairs, weakest first, that contradict each other nowhere; a contradiction is an anomaly. */
  #acyclicKinds(key: number, state: KeyState, pairs: EdgeList, scope: Scope): Kinds {
    const order = new Graph(state.versions.length, pairs)
    // Nearly always: all kinds at once contradict each other nowhere.
    const all = writesWithin(scope, BY_VIEWS)
    if (componentsOf(order, all).cyclic.length === 0) return all
    let acyclic: Kinds = 0
    for (const strength of [BY_WRITES, BY_READS, BY_VIEWS] as const) {
      const kinds = writesWithin(scope, strength)
      const [cyclic] = componentsOf(order, kinds).cyclic
      if (cyclic !== undefined) {
        const broken = `${CYCLE_OF[strength]}${SUFFIXES[scope] as Suffix}` as const
        this.#reportCyclic(scope === 0 ? 'cyclic-versions' : broken, (nameOf) =>
          explainCyclicVersions(order, kinds, cyclic, this.#worded(key, nameOf)),
        )
        break
      }
      acyclic = kinds
    }
    return acyclic
  }

  #worded(key: number, nameOf: Worded['nameOf']): Worded {
    return { register: this.#states[key] as KeyState, key: this.#keys.names[key] as Scalar, nameOf }
  }

  #reportCyclic(anomaly: AnomalyName, explain: (nameOf: Worded['nameOf']) => string): void {
    if (anomaly !== 'cyclic-versions' && !isWorse(this.proofs.counts.keys(), anomaly)) return
    this.proofs.add(anomaly, () => {
      const rows: number[] = []
      const because = explain((row) => `T${rows.includes(row) ? rows.indexOf(row) + 1 : rows.push(row)}`)
      return { transactions: rows, because }
    })
  }

  #whyBefore(edge: number, nameOf: Worded['nameOf']): string | null {
    const { edges } = this
    const [key, kind] = [edges.key(edge), edges.kind[edge] as Kinds]
    const scope = RW_KINDS.indexOf(kind)
    const kinds = scope === -1 ? kind : ofScope(scope as Scope)
    const order = new VersionOrder(this.#history, this.#states[key] as KeyState, this.#assumption, 2)
    const pair = { before: edges.before(edge), after: edges.after(edge), kinds }
    return whyBefore(order, pair, this.#worded(key, nameOf))
  }

  #findLostUpdates(key: number, { touches, versions }: KeyState): void {
    const updatedFrom = new Map<number, number>()
    for (const { row, read, written } of touches) {
      if (read === undefined || written === undefined) continue
      const other = updatedFrom.get(read)
      if (other === undefined) updatedFrom.set(read, row)
      else
        this.proofs.add('lost-update', () => ({
          transactions: [other, row],
          because: `T1 and T2 both read ${this.#keys.names[key]} as ${JSON.stringify(versions[read])}, and both wrote it`,
        }))
    }
  }
}

export const inferRwRegister = (history: Transactions, assumption: KeyAssumption = 'nothing'): Inference =>
  new RwRegister(history, assumption).infer()
