/**
 * What an rw-register history tells (Kingsbury and Alvaro 2020, section 5.2). Values are unique, so each names its writer;
 * but no read shows the order of versions. It is inferred in part:
 *
 * - the initial state (null) comes before every version;
 * - writes follow reads: who read a version of a key and then wrote it, wrote a later one;
 * - where the caller assumes that each key by itself is sequential, or linearizable: from the order in which one process,
 *   or all of them, came upon versions.
 *
 * What is not inferred is not judged: nothing found proves less here than in list-append.
 */
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { componentsOf } from './components.ts'
import { EdgeList, graphOf, RW, WR, WW } from './graph.ts'
import { ownValue } from './internal.ts'
import { type Keys, numberWrites } from './keys.ts'
import { eachProcessPair, eachRealTimePair } from './order.ts'
import { type Inference, Proofs } from './proofs.ts'
import { ABORTED, COMMITTED, type MicroOp, type Transactions } from './transactions.ts'

/** What may be assumed of each key by itself. */
export type KeyAssumption = 'nothing' | 'sequential' | 'linearizable'

const INITIAL = 0
const NO_WRITER = -1

/** What one transaction has to do with one key. Versions are numbers within the key; INITIAL is null. */
interface Touch {
  readonly row: number
  /** Read before anything was written; undefined: not read. */
  readonly read: number | undefined
  /** Written last. */
  readonly written: number | undefined
}

interface KeyState {
  /** Version -> value. */
  readonly versions: (Scalar | null)[]
  readonly numbers: Map<Scalar | null, number>
  /** Version -> row that wrote it; NO_WRITER for the initial state and for garbage. */
  readonly writers: number[]
  /** Version -> rows that read it from outside. */
  readonly readers: number[][]
  readonly touches: Touch[]
}

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
    for (const [key, state] of this.#states.entries()) this.#addEdges(key, state)
    const versions = this.#states.map((state) => state.versions as Scalar[])
    return { edges: this.edges, proofs: this.proofs, keys: this.#keys.names, versions, caveats: [] }
  }

  #ops(row: number): readonly MicroOp[] {
    return this.#history.ops[row] as readonly MicroOp[]
  }

  #writerOf(key: number, value: Scalar): number | undefined {
    const write = (this.#keys.writes[key] as Map<Scalar, number>).get(value)
    return write === undefined ? undefined : this.#keys.writerOf[write]
  }

  /** Committed, or something it wrote was read; who failed never did. */
  #findHappened(): Uint8Array {
    const { count, outcome } = this.#history
    const happened = new Uint8Array(count)
    for (let row = 0; row < count; row++) {
      if (outcome[row] !== COMMITTED) continue
      happened[row] = 1
      for (const [f, name, value] of this.#ops(row)) {
        if (f !== 'r' || value === null) continue
        const writer = this.#writerOf(this.#keys.numberOf(name), value as Scalar)
        if (writer !== undefined && outcome[writer] !== ABORTED) happened[writer] = 1
      }
    }
    return happened
  }

  #versionOf(key: number, value: Scalar | null): number {
    const state = this.#states[key] as KeyState
    const known = state.numbers.get(value)
    if (known !== undefined) return known
    const writer = this.#writerOf(key, value as Scalar)
    const isReal = writer !== undefined && this.#history.outcome[writer] !== ABORTED
    state.numbers.set(value, state.versions.length)
    state.writers.push(isReal ? writer : NO_WRITER)
    state.readers.push([])
    return state.versions.push(value) - 1
  }

  /** Reads of an uncertain transaction are unknown. */
  #touch(row: number): void {
    const isCommitted = this.#history.outcome[row] === COMMITTED
    const touched = new Map<number, { read: number | undefined; written: number | undefined }>()
    for (const [f, name, value] of this.#ops(row)) {
      const key = this.#keys.numberOf(name)
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
      const key = this.#keys.numberOf(name)
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
    const writer = this.#writerOf(key, value)
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
          because: `${read} before it wrote that`,
        }))
      return
    }
    const last = this.#ops(writer).findLast(([f, written]) => f === 'w' && written === name)?.[2]
    if (this.#history.outcome[writer] === ABORTED)
      this.proofs.add('G1a', () => ({
        transactions: [row, writer],
        because: `${read}, which T2 wrote, and T2 failed`,
      }))
    else if (last !== value)
      this.proofs.add('G1b', () => ({
        transactions: [row, writer],
        because: `${read}, which T2 overwrote itself with ${JSON.stringify(last)}`,
      }))
  }

  /** Pairs of versions of which the first comes before the second. */
  #versionOrder({ versions, touches }: KeyState): EdgeList {
    const order = new EdgeList()
    for (let version = 1; version < versions.length; version++) order.add(INITIAL, version, WW)
    for (const { read, written } of touches)
      if (read !== undefined && written !== undefined) order.add(read, written, WW)
    if (this.#assumption === 'nothing') return order
    const rows = Int32Array.from(touches, ({ row }) => row)
    const byRow = new Map(touches.map((touch) => [touch.row, touch]))
    const each = this.#assumption === 'sequential' ? eachProcessPair : eachRealTimePair
    each(this.#history, rows, (earlier, later) => {
      const [a, b] = [byRow.get(earlier) as Touch, byRow.get(later) as Touch]
      const [from, to] = [a.written ?? a.read, b.read ?? b.written]
      if (from !== undefined && to !== undefined) order.add(from, to, WW)
    })
    return order
  }

  #addEdges(key: number, state: KeyState): void {
    const { versions, writers, readers } = state
    for (const [version, rows] of readers.entries()) {
      const writer = writers[version] as number
      if (writer !== NO_WRITER) for (const row of rows) this.edges.add(writer, row, WR, key, version, version)
    }
    this.#findLostUpdates(key, state)
    const order = graphOf(versions.length, this.#versionOrder(state))
    const [cyclic] = componentsOf(order, WW).cyclic
    if (cyclic !== undefined) return this.#reportCyclic(key, state, cyclic)
    const hasPredecessor = new Uint8Array(versions.length)
    for (let i = 0; i < order.list.length; i++)
      if (order.list.from[i] !== INITIAL) hasPredecessor[order.list.to[i] as number] = 1
    for (let i = 0; i < order.list.length; i++) {
      const [before, after] = [order.list.from[i] as number, order.list.to[i] as number]
      const writer = writers[after] as number
      // What has another version before it follows from the initial state by way of that.
      if (writer === NO_WRITER || (before === INITIAL && hasPredecessor[after] === 1)) continue
      if (writers[before] !== NO_WRITER)
        this.edges.add(writers[before] as number, writer, WW, key, before, after)
      for (const reader of readers[before] as number[]) this.edges.add(reader, writer, RW, key, before, after)
    }
  }

  #reportCyclic(key: number, { versions, writers }: KeyState, cyclic: Int32Array): void {
    const known = [...cyclic].filter((version) => writers[version] !== NO_WRITER)
    this.proofs.add('cyclic-versions', () => ({
      transactions: known.map((version) => writers[version] as number),
      because: `the versions ${[...cyclic].map((version) => JSON.stringify(versions[version])).join(', ')} of ${this.#keys.names[key]} come before each other in a circle, so their order is left open`,
    }))
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
