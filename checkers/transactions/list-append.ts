/**
 * What follows from a list-append history (Kingsbury and Alvaro 2020, sections 4.2 and 6.1). Elements are unique, so the
 * longest list that was read of a key gives the order of its versions, every other read must be a prefix of it, and each
 * element identifies its writer. Elements that were certainly appended but never read come after all elements that were
 * read, in an unknown order.
 */
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { EdgeList, RW, WR, WW } from './graph.ts'
import { beginsAs, checkInternal, ownAppends } from './internal.ts'
import { type Keys, numberWrites } from './keys.ts'
import { NO_LIST, type PackedOps } from './packed-ops.ts'
import { type Inference, Proofs } from './proofs.ts'
import { ABORTED, COMMITTED, type Transactions } from './transactions.ts'

const NOBODY = -1
/** Per transaction: those of the order of processes, and those that follow from versions. */
const EDGES_GUESSED = 5
const REASONS_GUESSED = 4
/** Limit of readers times unseen appends of one key; beyond it, only the earliest appends are ordered after the readers. */
const MOST_PAIRS = 1_000_000

/** Everything known about one key. */
interface KeyState {
  /** The place of the longest list that was read, and its length. */
  longest: number
  length: number
  /** The row that read it, and the place of the read. */
  longestBy: number
  longestAt: number
  /** Where its versions begin in the columns of all versions. */
  first: number
  /** Whether some element of `longest` was written by no transaction, or by a failed one. */
  isSuspect: boolean
  /** Certain appends that are in no read: one version per row. */
  readonly unseen: { readonly row: number; readonly version: number; readonly element: number }[]
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

class ListAppend {
  readonly edges: EdgeList
  readonly proofs = new Proofs()
  readonly caveats: string[] = []
  readonly #history: Transactions
  readonly #ops: PackedOps
  readonly #keys: Keys
  readonly #states: KeyState[]
  #versions = new Versions(0)
  /** Whether each write is in the longest read of its key. */
  readonly #isSeen: Uint8Array
  /** Whether each transaction happened: it committed, or something of it was read. */
  readonly #happened: Uint8Array

  constructor(history: Transactions) {
    this.#history = history
    this.#ops = history.ops
    const { count } = history
    this.edges = new EdgeList({ edges: EDGES_GUESSED * count, reasons: REASONS_GUESSED * count })
    this.#keys = numberWrites(history)
    this.#isSeen = new Uint8Array(this.#keys.writerOf.length)
    this.#happened = new Uint8Array(history.count)
    this.#states = this.#keys.names.map(() => ({
      longest: NO_LIST,
      length: 0,
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
    return {
      edges: this.edges,
      proofs: this.proofs,
      keys: this.#keys.names,
      valueOf: (key, version) => this.#valueOf(key, version),
      caveats: this.caveats,
    }
  }

  #valueOf(key: number, version: number): Scalar | undefined {
    const state = this.#states[key]
    if (state === undefined || version < 0) return undefined
    const element = version < state.length ? this.#element(key, version) : this.#unseen(key, version)
    return element === undefined ? undefined : this.#ops.scalarOf(element)
  }

  #unseen(key: number, version: number): number | undefined {
    const { unseen, length } = this.#state(key)
    return unseen[version - length]?.element
  }

  /** Of the longest list. */
  #element(key: number, version: number): number {
    return this.#ops.element(this.#state(key).longest, version)
  }

  #shown(element: number): string {
    return JSON.stringify(this.#ops.scalarOf(element))
  }

  #state(key: number): KeyState {
    return this.#states[key] as KeyState
  }

  #findLongest(): void {
    const { count, outcome } = this.#history
    for (let row = 0; row < count; row++) {
      if (outcome[row] !== COMMITTED) continue
      this.#happened[row] = 1
      for (let op = this.#ops.first(row); op < this.#ops.first(row + 1); op++) {
        const list = this.#ops.list(op)
        if (list === NO_LIST) continue
        const state = this.#state(this.#keys.numberOf(this.#ops.key(op)))
        const length = this.#ops.lengthOf(list)
        if (length <= state.length) continue
        state.longest = list
        state.length = length
        state.longestBy = row
        state.longestAt = op
      }
    }
  }

  #makeVersions(): void {
    let versions = 0
    for (const state of this.#states) {
      state.first = versions
      versions += state.length + 1
    }
    this.#versions = new Versions(versions)
  }

  #orderVersions(key: number): void {
    const state = this.#state(key)
    const { length, first } = state
    const { writers, previousKnown, nextKnown } = this.#versions
    let previous = NOBODY
    let previousWrite = NOBODY
    let aborted = NOBODY
    for (let version = 0; version < length; version++) {
      const element = this.#element(key, version)
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

  #duplicate(key: number, element: number, reader: number): void {
    this.proofs.add('duplicate-elements', () => ({
      transactions: [reader, this.#keys.rowOf(key, element) ?? reader],
      because: `T1 read ${this.#name(key)} with ${this.#shown(element)} in it more than once, although T2 appended it only once`,
    }))
  }

  #dirtyUpdate(key: number, aborted: number, version: number): void {
    this.proofs.add('dirty-update', () => {
      const [first, second] = [this.#element(key, aborted), this.#element(key, version)]
      return {
        transactions: [first, second].map((element) => this.#keys.rowOf(key, element) as number),
        because: `T1 failed, but its append of ${this.#shown(first)} to ${this.#name(key)} was read before T2's append of ${this.#shown(second)}`,
      }
    })
  }

  /** The appends of one transaction were read in a different order, or a later one was read without an earlier one. */
  #outOfOrder(key: number, row: number, element: number, reader: number): void {
    this.proofs.add('incompatible-order', () => ({
      transactions: [row, reader],
      because: `T1 appended ${this.#shown(element)} to ${this.#name(key)} before another element, but T2 read that other element without it, or before it`,
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
      const op = this.#keys.placeOf(this.#history, write)
      const [key, element] = [this.#keys.numberOf(this.#ops.key(op)), this.#ops.value(op)]
      const state = this.#state(key)
      if (this.#hasSeenLater(row, op, write)) this.#outOfOrder(key, row, element, state.longestBy)
      if (row === state.unseen.at(-1)?.row) continue
      state.unseen.push({ row, version: state.length + state.unseen.length, element })
    }
  }

  /** Whether a later append of the same transaction to the same key was read. */
  #hasSeenLater(row: number, op: number, write: number): boolean {
    const name = this.#ops.key(op)
    let later = write
    for (let place = op + 1; place < this.#ops.first(row + 1); place++) {
      if (this.#ops.isRead(place)) continue
      later++
      if (this.#isSeen[later] === 1 && this.#ops.key(place) === name) return true
    }
    return false
  }

  #judge(row: number): void {
    for (let op = this.#ops.first(row); op < this.#ops.first(row + 1); op++)
      if (this.#ops.list(op) !== NO_LIST) this.#judgeRead(row, op)
  }

  #judgeRead(row: number, op: number): void {
    const list = this.#ops.list(op)
    const key = this.#keys.numberOf(this.#ops.key(op))
    const state = this.#state(key)
    const own = ownAppends(this.#ops, this.#ops.first(row), op)
    if (own !== null) {
      const problem = checkInternal(this.#ops, op, own)
      if (problem !== null)
        this.proofs.add('internal', () => ({ transactions: [row], because: `T1 ${problem}` }))
    }
    const isPrefix = beginsAs(this.#ops, list, state.longest, this.#ops.lengthOf(list))
    if (!isPrefix) this.#disagree(row, key, list)
    else if (own === null) this.#externalRead(row, op, key, list)
    if (state.isSuspect || !isPrefix) this.#judgeElements(row, op, key, list)
  }

  #disagree(row: number, key: number, list: number): void {
    this.proofs.add('incompatible-order', () => {
      let at = 0
      while (this.#ops.element(list, at) === this.#element(key, at)) at++
      return {
        transactions: [row, this.#state(key).longestBy],
        because: `T1 read ${this.#name(key)} differently from T2: it read ${this.#shown(this.#ops.element(list, at))} where T2 read ${this.#shown(this.#element(key, at))} (element ${at + 1})`,
      }
    })
  }

  /** A read that is the first operation of a transaction on a key: what it saw, and what it did not see. */
  #externalRead(row: number, op: number, key: number, list: number): void {
    const state = this.#state(key)
    const length = this.#ops.lengthOf(list)
    const { writers, previousKnown, nextKnown } = this.#versions
    const { first } = state
    const seen = previousKnown[first + length] as number
    if (length > 0) this.#judgeLast(row, op, key, this.#ops.element(list, length - 1))
    if (seen !== NOBODY) this.edges.add(writers[first + seen] as number, row, WR, key, seen, length - 1)
    const next = nextKnown[first + length] as number
    if (next === NOBODY) state.lastReaders.push(row)
    else this.edges.add(row, writers[first + next] as number, RW, key, length - 1, next)
    const name = this.#ops.key(op)
    for (let later = op + 1; later < this.#ops.first(row + 1); later++)
      if (this.#ops.key(later) === name && !this.#ops.isRead(later)) return this.#update(row, key, length)
  }

  /** Finds intermediate and future reads by the writer of the last element of the list. */
  #judgeLast(row: number, op: number, key: number, element: number): void {
    const write = this.#keys.writeOf(key, element)
    if (write === undefined) return
    const writer = this.#keys.writerOf[write] as number
    if (writer === row)
      this.proofs.add('future-read', () => ({
        transactions: [row],
        because: `T1 read ${this.#name(key)} with ${this.#shown(element)} in it (operation ${this.#numberOf(row, op)}), which it appended only later`,
      }))
    else if (this.#keys.isOverwritten[write] === 1)
      this.proofs.add('G1b', () => ({
        transactions: [row, writer],
        because: `T1 read ${this.#name(key)} up to ${this.#shown(element)}, but T2 also appended ${this.#shown(this.#lastAppend(writer, key))} after it`,
      }))
  }

  /** Counted from 1 in its transaction. */
  #numberOf(row: number, op: number): number {
    return op - this.#ops.first(row) + 1
  }

  #lastAppend(row: number, key: number): number {
    let op = this.#ops.first(row + 1) - 1
    while (this.#ops.isRead(op) || this.#keys.numberOf(this.#ops.key(op)) !== key) op--
    return this.#ops.value(op)
  }

  #update(row: number, key: number, length: number): void {
    const { first } = this.#state(key)
    const { updatedFrom } = this.#versions
    const other = updatedFrom[first + length] as number
    if (other === NOBODY) {
      updatedFrom[first + length] = row
      return
    }
    const state = length === 0 ? 'empty' : `up to ${this.#shown(this.#element(key, length - 1))}`
    this.proofs.add('lost-update', () => ({
      transactions: [other, row],
      because: `T1 and T2 both read ${this.#name(key)} ${state}, and both appended to it`,
    }))
  }

  #judgeElements(row: number, op: number, key: number, list: number): void {
    const { longestBy, longestAt } = this.#state(key)
    const isLongest = row === longestBy && op === longestAt
    const seen = new Set<number>()
    for (let at = 0; at < this.#ops.lengthOf(list); at++) {
      const element = this.#ops.element(list, at)
      const writer = this.#keys.rowOf(key, element)
      if (seen.has(element) && !isLongest) this.#duplicate(key, element, row)
      seen.add(element)
      if (writer === undefined)
        this.proofs.add('garbage-read', () => ({
          transactions: [row],
          because: `T1 read ${this.#shown(element)} in ${this.#name(key)}, which nobody ever appended`,
        }))
      else if (this.#history.outcome[writer] === ABORTED)
        this.proofs.add('G1a', () => ({
          transactions: [row, writer],
          because: `T1 read ${this.#shown(element)} in ${this.#name(key)}, which T2 appended, but T2 failed`,
        }))
    }
  }

  /** Elements that nobody read come after all elements that were read, and after every transaction that read all of those. */
  #addUnseen(key: number): void {
    const { unseen, lastReaders, first, length } = this.#state(key)
    if (unseen.length === 0) return
    const { writers, previousKnown } = this.#versions
    const last = previousKnown[first + length] as number
    for (const { row, version } of unseen)
      if (last !== NOBODY) this.edges.add(writers[first + last] as number, row, WW, key, last, version)
    const most = Math.max(1, Math.floor(MOST_PAIRS / Math.max(1, lastReaders.length)))
    if (unseen.length > most)
      this.caveats.push(
        `Of ${unseen.length} appends to ${this.#name(key)} that nobody read, only ${most} are ordered after its last readers.`,
      )
    for (const { row, version } of unseen.slice(0, most))
      for (const reader of lastReaders) this.edges.add(reader, row, RW, key, length - 1, version)
  }
}

export const inferListAppend = (history: Transactions): Inference => new ListAppend(history).infer()
