/**
 * The operations of each object of a run that is going on, until they are judged. An object that has gone quiet is judged and
 * its operations are given back: only where they stand in the file is kept. If it is used again, they are read again.
 */
import type { Operation } from '../../api/history.ts'
import type { Identity, Vocabulary } from '../../api/vocabulary.ts'
import { NS_PER_S } from '../../support/time.ts'

/** A part of the file, in bytes. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Quiet is what nobody has used for so long. Workloads turn to other objects sooner or later. */
const QUIET_NS = 5 * NS_PER_S
/** An object in use is judged anew when it has so many times the operations of the last time: all times cost a few times the last. */
const GROWTH = 1.2
const FIRST_JUDGED_AT = 20

interface Window {
  readonly operations: Operation[]
  /** Invocations without an answer. */
  open: number
  lastNs: number
  /** How many operations it had when it was judged last. */
  judged: number
  /** Where all its operations stand. */
  range: Range
  /** Some of them are not in memory any more. */
  isPartial: boolean
  quietNs: number
}

/** What is kept of an object that has been judged. */
type Settled = Pick<Window, 'range' | 'quietNs'>

/** An object that is to be judged. */
export interface Due {
  readonly object: Identity
  readonly operations: readonly Operation[]
  readonly isQuiet: boolean
}

/** The object of a call. Null: it concerns none. */
export type ObjectOf = (call: Pick<Operation, 'f' | 'value'>) => Identity | null

/** Null: the vocabulary has one object. */
export const objectOfCalls = ({ calls }: Vocabulary): ObjectOf | null => {
  const all = Object.values(calls)
  if (all.some(({ objects }) => objects === undefined)) return null
  return ({ f, value }) => {
    const [object = null, ...others] = calls[f]?.objects?.(value) ?? []
    if (others.length > 0) throw new Error(`${f} concerns several objects: it cannot be judged by objects`)
    return object
  }
}

/** The operations of one object among others. A completion belongs to the invocation of its process. */
const ownOf = function* (
  operations: Iterable<Operation>,
  object: Identity,
  objectOf: ObjectOf,
): Generator<Operation> {
  const open = new Set<Operation['process']>()
  for (const operation of operations) {
    const { process, type } = operation
    if (process === 'nemesis') continue
    const isOwn = type === 'invoke' ? objectOf(operation) === object : open.delete(process)
    if (!isOwn) continue
    if (type === 'invoke') open.add(process)
    yield operation
  }
}

export class Windows {
  readonly #objectOf: ObjectOf
  readonly #reread: (range: Range) => Iterable<Operation>
  readonly #windows = new Map<Identity, Window>()
  readonly #settled = new Map<Identity, Settled>()
  readonly #open = new Map<Operation['process'], Identity>()
  #nowNs = 0
  #held = 0

  /** @param reread the operations of a part of the file */
  constructor(objectOf: ObjectOf, reread: (range: Range) => Iterable<Operation>) {
    this.#objectOf = objectOf
    this.#reread = reread
  }

  /** Objects with operations that are not judged for good. */
  get underWay(): number {
    return this.#windows.size
  }

  get settled(): number {
    return this.#settled.size
  }

  /** Whether it was judged, and was not used since. */
  isSettled(object: Identity): boolean {
    return this.#settled.has(object)
  }

  /** Operations in memory. */
  get held(): number {
    return this.#held
  }

  /** @param range of the file in which it stands */
  take(operation: Operation, range: Range): void {
    const { process, type, timeNs } = operation
    this.#nowNs = timeNs
    if (process === 'nemesis') return
    const object = (type === 'invoke' ? this.#objectOf(operation) : this.#open.get(process)) ?? null
    if (object === null) return
    const window = this.#windowOf(object, range)
    if (type === 'invoke') this.#open.set(process, object)
    else this.#open.delete(process)
    window.open += type === 'invoke' ? 1 : -1
    window.lastNs = timeNs
    window.range = { from: window.range.from, to: range.to }
    window.operations.push(operation)
    this.#held++
  }

  #windowOf(object: Identity, range: Range): Window {
    const known = this.#windows.get(object)
    if (known !== undefined) return known
    const settled = this.#settled.get(object)
    this.#settled.delete(object)
    const window: Window = {
      ...{ operations: [], open: 0, lastNs: 0, judged: 0, range, quietNs: QUIET_NS },
      // What was taken for quiet and was not gets more time.
      ...(settled === undefined ? {} : { range: settled.range, quietNs: 2 * settled.quietNs }),
      isPartial: settled !== undefined,
    }
    this.#windows.set(object, window)
    return window
  }

  /** What is to be judged now. @param isOver nothing follows: that is all */
  *due(isOver = false): Generator<Due> {
    for (const [object, window] of [...this.#windows]) {
      const isQuiet = isOver || (window.open === 0 && this.#nowNs - window.lastNs > window.quietNs)
      const isGrown = window.operations.length >= Math.max(FIRST_JUDGED_AT, GROWTH * window.judged)
      if (!isQuiet && !isGrown) continue
      if (window.isPartial) this.#complete(object, window)
      yield { object, operations: window.operations, isQuiet }
      window.judged = window.operations.length
      if (isQuiet) this.#settle(object, window)
    }
  }

  #complete(object: Identity, window: Window): void {
    const all = [...ownOf(this.#reread(window.range), object, this.#objectOf)]
    this.#held += all.length - window.operations.length
    window.operations.splice(0, window.operations.length, ...all)
    window.isPartial = false
  }

  #settle(object: Identity, { operations, range, quietNs }: Window): void {
    this.#held -= operations.length
    this.#windows.delete(object)
    this.#settled.set(object, { range, quietNs })
  }
}
