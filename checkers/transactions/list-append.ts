/**
 * What follows from a list-append history (Kingsbury and Alvaro 2020, sections 4.2 and 6.1). Elements are unique, so the
 * longest list that was read of a key gives the order of its versions, every other read must be a prefix of it, and each
 * element identifies its writer. Elements that were certainly appended but never read come after all elements that were
 * read, in an unknown order.
 */
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { EdgeList, RW, WR, WW } from './graph.ts'
import { checkInternal, ownAppends } from './internal.ts'
import { type Keys, numberWrites } from './keys.ts'
import type { MicroOp } from './micro-op.ts'
import { type Inference, Proofs } from './proofs.ts'
import { ABORTED, COMMITTED, type Transactions } from './transactions.ts'

type List = readonly Scalar[]

const NOBODY = -1
/** Per transaction: those of the order of processes, and those that follow from versions. */
const EDGES_GUESSED = 5
const REASONS_GUESSED = 4
/** Limit of readers times unseen appends of one key; beyond it, only the earliest appends are ordered after the readers. */
const MOST_PAIRS = 1_000_000

/** Everything known about one key. */
interface KeyState {
  longest: List
  /** The row that read it, and the place of the read among its operations. */
  longestBy: number
  longestAt: number
  /** Where its versions begin in the columns of all versions. */
  first: number
  /** Whether some element of `longest` was written by no transaction, or by a failed one. */
  isSuspect: boolean
  /** Certain appends that are in no read: one version per row. */
  readonly unseen: { readonly row: number; readonly version: number; readonly element: Scalar }[]
  /** Rows of the transactions that read all of `longest` before writing. */
  readonly lastReaders: number[]
}

/** For each key a row for each version of `longest`, and one past the end. */
class Versions {
  /** The row of the writer; NOBODY if no transaction that may have committed wrote it. */
  readonly writers: Int32Array
  /** The first known writer at or after it. */
  readonly nextKnown: Int32Array
  /** The last known writer before it. */
  readonly previousKnown: Int32Array
  /** The first row that read all before it and then appended. */
  readonly updatedFrom: Int32Array

  constructor(count: number) {
    const column = (): Int32Array<ArrayBuffer> => new Int32Array(count).fill(NOBODY)
    this.writers = column()
    this.nextKnown = column()
    this.previousKnown = column()
    this.updatedFrom = column()
  }
}

const isPrefix = (list: List, of: List): boolean => {
  for (let i = 0; i < list.length; i++) if (list[i] !== of[i]) return false
  return true
}

class ListAppend {
  readonly edges: EdgeList
  readonly proofs = new Proofs()
  readonly caveats: string[] = []
  readonly #history: Transactions
  readonly #keys: Keys
  readonly #states: KeyState[]
  #versions = new Versions(0)
  /** Whether each write is in the longest read of its key. */
  readonly #isSeen: Uint8Array
  /** Whether each transaction happened: it committed, or something of it was read. */
  readonly #happened: Uint8Array

  constructor(history: Transactions) {
    this.#history = history
    const { count } = history
    this.edges = new EdgeList({ edges: EDGES_GUESSED * count, reasons: REASONS_GUESSED * count })
    this.#keys = numberWrites(history)
    this.#isSeen = new Uint8Array(this.#keys.writerOf.length)
    this.#happened = new Uint8Array(history.count)
    this.#states = this.#keys.names.map(() => ({
      longest: [],
      longestBy: NOBODY,
      longestAt: NOBODY,
      first: 0,
      isSuspect: false,
      unseen: [],
      lastReaders: [],
    }))
  }

  infer(): Inference {
    this.#findLongest()
    this.#makeVersions()
    for (let key = 0; key < this.#states.length; key++) this.#orderVersions(key)
    this.#findUnseen()
    const { count, outcome } = this.#history
    for (let row = 0; row < count; row++) if (outcome[row] === COMMITTED) this.#judge(row)
    for (let key = 0; key < this.#states.length; key++) this.#addUnseen(key)
    const versions = this.#states.map(({ longest, unseen }) =>
      unseen.length === 0 ? longest : [...longest, ...unseen.map(({ element }) => element)],
    )
    return {
      edges: this.edges,
      proofs: this.proofs,
      keys: this.#keys.names,
      versions,
      caveats: this.caveats,
    }
  }

  #ops(row: number): readonly MicroOp[] {
    return this.#history.opsOf(row)
  }

  #state(key: number): KeyState {
    return this.#states[key] as KeyState
  }

  #findLongest(): void {
    const { count, outcome } = this.#history
    for (let row = 0; row < count; row++) {
      if (outcome[row] !== COMMITTED) continue
      this.#happened[row] = 1
      for (const [at, [f, name, value]] of this.#ops(row).entries()) {
        if (f !== 'r' || value === null) continue
        const state = this.#state(this.#keys.numberOf(name))
        if ((value as List).length <= state.longest.length) continue
        state.longest = value as List
        state.longestBy = row
        state.longestAt = at
      }
    }
  }

  #makeVersions(): void {
    let versions = 0
    for (const state of this.#states) {
      state.first = versions
      versions += state.longest.length + 1
    }
    this.#versions = new Versions(versions)
  }

  #orderVersions(key: number): void {
    const state = this.#state(key)
    const { longest, first } = state
    const { length } = longest
    const { writers, previousKnown, nextKnown } = this.#versions
    let previous = NOBODY
    let previousWrite = NOBODY
    let aborted = NOBODY
    for (let version = 0; version < length; version++) {
      const element = longest[version] as Scalar
      const write = this.#keys.writeOf(key, element)
      const writer = write === undefined ? NOBODY : (this.#keys.writerOf[write] as number)
      const isAborted = writer !== NOBODY && this.#history.outcome[writer] === ABORTED
      const isDuplicate = write !== undefined && this.#isSeen[write] === 1
      if (isDuplicate) this.#duplicate(key, element, state.longestBy)
      else if (writer === NOBODY || isAborted) state.isSuspect = true
      else if (aborted !== NOBODY) this.#dirtyUpdate(key, aborted, version)
      if (write !== undefined) this.#isSeen[write] = 1
      if (isAborted) aborted = version
      const isKnown = writer !== NOBODY && !isAborted && !isDuplicate
      if (isKnown) writers[first + version] = writer
      if (isKnown) {
        this.#happened[writer] = 1
        if (previous !== NOBODY && writers[first + previous] === writer && (write as number) < previousWrite)
          this.#outOfOrder(key, writer, element, state.longestBy)
        previousWrite = write as number
        if (previous !== NOBODY)
          this.edges.add(writers[first + previous] as number, writer, WW, key, previous, version)
        previous = version
      }
      previousKnown[first + version + 1] = previous
    }
    let next = NOBODY
    for (let version = length - 1; version >= 0; version--) {
      if (writers[first + version] !== NOBODY) next = version
      nextKnown[first + version] = next
    }
  }

  #duplicate(key: number, element: Scalar, reader: number): void {
    this.proofs.add('duplicate-elements', () => ({
      transactions: [reader, this.#keys.rowOf(key, element) ?? reader],
      because: `T1 read ${this.#name(key)} with ${JSON.stringify(element)} in it more than once, although T2 appended it only once`,
    }))
  }

  #dirtyUpdate(key: number, aborted: number, version: number): void {
    const { longest } = this.#state(key)
    this.proofs.add('dirty-update', () => ({
      transactions: [aborted, version].map((at) => this.#keys.rowOf(key, longest[at] as Scalar) as number),
      because: `T1 failed, but its append of ${JSON.stringify(longest[aborted])} to ${this.#name(key)} was read before T2's append of ${JSON.stringify(longest[version])}`,
    }))
  }

  /** The appends of one transaction were read in a different order, or a later one was read without an earlier one. */
  #outOfOrder(key: number, row: number, element: Scalar, reader: number): void {
    this.proofs.add('incompatible-order', () => ({
      transactions: [row, reader],
      because: `T1 appended ${JSON.stringify(element)} to ${this.#name(key)} before another element, but T2 read that other element without it, or before it`,
    }))
  }

  #name(key: number): string {
    return String(this.#keys.names[key])
  }

  #findUnseen(): void {
    const { writerOf } = this.#keys
    for (let write = 0; write < writerOf.length; write++) {
      const row = writerOf[write] as number
      if (this.#isSeen[write] === 1 || this.#happened[row] === 0) continue
      const [, name, value] = this.#keys.written(this.#history, write)
      const [key, element] = [this.#keys.numberOf(name), value as Scalar]
      const state = this.#state(key)
      if (this.#hasSeenLater(row, name, write)) this.#outOfOrder(key, row, element, state.longestBy)
      if (row === state.unseen.at(-1)?.row) continue
      state.unseen.push({ row, version: state.longest.length + state.unseen.length, element })
    }
  }

  /** Whether a later append of the same transaction to the same key was read. */
  #hasSeenLater(row: number, name: Scalar, write: number): boolean {
    const { writerOf } = this.#keys
    for (let later = write + 1; writerOf[later] === row; later++)
      if (this.#isSeen[later] === 1 && this.#keys.written(this.#history, later)[1] === name) return true
    return false
  }

  #judge(row: number): void {
    const ops = this.#ops(row)
    for (let at = 0; at < ops.length; at++) {
      const [f, name, value] = ops[at] as MicroOp
      if (f !== 'r' || value === null) continue
      const key = this.#keys.numberOf(name)
      this.#judgeRead(row, ops, at, key, value as List)
    }
  }

  #judgeRead(row: number, ops: readonly MicroOp[], at: number, key: number, list: List): void {
    const state = this.#state(key)
    const own = ownAppends(ops, at)
    if (own !== null) {
      const problem = checkInternal(ops, at, own)
      if (problem !== null)
        this.proofs.add('internal', () => ({ transactions: [row], because: `T1 ${problem}` }))
    }
    if (!isPrefix(list, state.longest)) this.#disagree(row, key, list)
    else if (own === null) this.#externalRead(row, ops, at, key, list)
    if (state.isSuspect || !isPrefix(list, state.longest)) this.#judgeElements(row, at, key, list)
  }

  #disagree(row: number, key: number, list: List): void {
    const { longest, longestBy } = this.#state(key)
    const at = list.findIndex((element, i) => element !== longest[i])
    this.proofs.add('incompatible-order', () => ({
      transactions: [row, longestBy],
      because: `T1 read ${this.#name(key)} differently from T2: it read ${JSON.stringify(list[at])} where T2 read ${JSON.stringify(longest[at])} (element ${at + 1})`,
    }))
  }

  /** A read that is the first operation of a transaction on a key: what it saw, and what it did not see. */
  #externalRead(row: number, ops: readonly MicroOp[], at: number, key: number, list: List): void {
    const state = this.#state(key)
    const { length } = list
    const { writers, previousKnown, nextKnown } = this.#versions
    const { first } = state
    const seen = previousKnown[first + length] as number
    if (length > 0) this.#judgeLast(row, at, key, list[length - 1] as Scalar)
    if (seen !== NOBODY) this.edges.add(writers[first + seen] as number, row, WR, key, seen, length - 1)
    const next = nextKnown[first + length] as number
    if (next === NOBODY) state.lastReaders.push(row)
    else this.edges.add(row, writers[first + next] as number, RW, key, length - 1, next)
    const name = this.#keys.names[key]
    if (ops.some(([f, written], i) => i > at && f === 'append' && written === name))
      this.#update(row, key, length)
  }

  /** Finds intermediate and future reads by the writer of the last element of the list. */
  #judgeLast(row: number, at: number, key: number, element: Scalar): void {
    const write = this.#keys.writeOf(key, element)
    if (write === undefined) return
    const writer = this.#keys.writerOf[write] as number
    if (writer === row)
      this.proofs.add('future-read', () => ({
        transactions: [row],
        because: `T1 read ${this.#name(key)} with ${JSON.stringify(element)} in it (operation ${at + 1}), which it appended only later`,
      }))
    else if (this.#keys.isOverwritten[write] === 1)
      this.proofs.add('G1b', () => ({
        transactions: [row, writer],
        because: `T1 read ${this.#name(key)} up to ${JSON.stringify(element)}, but T2 also appended ${JSON.stringify(this.#lastAppend(writer, key))} after it`,
      }))
  }

  #lastAppend(row: number, key: number): unknown {
    const name = this.#keys.names[key]
    return this.#ops(row).findLast(([f, written]) => f === 'append' && written === name)?.[2]
  }

  #update(row: number, key: number, length: number): void {
    const { first, longest } = this.#state(key)
    const { updatedFrom } = this.#versions
    const other = updatedFrom[first + length] as number
    if (other === NOBODY) {
      updatedFrom[first + length] = row
      return
    }
    const state = length === 0 ? 'empty' : `up to ${JSON.stringify(longest[length - 1])}`
    this.proofs.add('lost-update', () => ({
      transactions: [other, row],
      because: `T1 and T2 both read ${this.#name(key)} ${state}, and both appended to it`,
    }))
  }

  #judgeElements(row: number, at: number, key: number, list: List): void {
    const { longestBy, longestAt } = this.#state(key)
    const isLongest = row === longestBy && at === longestAt
    const seen = new Set<Scalar>()
    for (const element of list) {
      const writer = this.#keys.rowOf(key, element)
      if (seen.has(element) && !isLongest) this.#duplicate(key, element, row)
      seen.add(element)
      if (writer === undefined)
        this.proofs.add('garbage-read', () => ({
          transactions: [row],
          because: `T1 read ${JSON.stringify(element)} in ${this.#name(key)}, which nobody ever appended`,
        }))
      else if (this.#history.outcome[writer] === ABORTED)
        this.proofs.add('G1a', () => ({
          transactions: [row, writer],
          because: `T1 read ${JSON.stringify(element)} in ${this.#name(key)}, which T2 appended, but T2 failed`,
        }))
    }
  }

  /** Elements that nobody read come after all elements that were read, and after every transaction that read all of those. */
  #addUnseen(key: number): void {
    const { unseen, lastReaders, first, longest } = this.#state(key)
    if (unseen.length === 0) return
    const { writers, previousKnown } = this.#versions
    const last = previousKnown[first + longest.length] as number
    for (const { row, version } of unseen)
      if (last !== NOBODY) this.edges.add(writers[first + last] as number, row, WW, key, last, version)
    const most = Math.max(1, Math.floor(MOST_PAIRS / Math.max(1, lastReaders.length)))
    if (unseen.length > most)
      this.caveats.push(
        `Of ${unseen.length} appends to ${this.#name(key)} that nobody read, only ${most} are ordered after its last readers.`,
      )
    for (const { row, version } of unseen.slice(0, most))
      for (const reader of lastReaders) this.edges.add(reader, row, RW, key, longest.length - 1, version)
  }
}

export const inferListAppend = (history: Transactions): Inference => new ListAppend(history).infer()
