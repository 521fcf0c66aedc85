/** The adds to a set and the reads of it, as numbers: some 70 bytes an element, however often it was read. */
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { Numbering } from '../numbering.ts'

type Places = Growing<Int32Array<ArrayBuffer>>
type Times = Growing<Float64Array<ArrayBuffer>>

export interface SetRead {
  readonly invocation: Operation
  readonly completion: Operation
  readonly elements: readonly Scalar[]
}

export interface Add {
  readonly element: Scalar
  readonly invocation: Operation
  /** The time from which it was certainly in the set. */
  readonly knownNs: number
}

export const elementsIn = ({ value }: Operation): readonly Scalar[] =>
  (value as { elements: readonly Scalar[] }).elements

/** No place. */
const NONE = -1

/** Every element that was added or read. */
class Elements {
  readonly #numbers = new Numbering()
  /** When somebody first asked to add it; infinite: nobody did. */
  readonly askedNs: Times = new Growing(Float64Array)
  /** The first and the last time it was read; NaN: never. */
  readonly firstNs: Times = new Growing(Float64Array)
  readonly lastNs: Times = new Growing(Float64Array)
  /** Numbers of the read with it that was over first, and of the one looked at last. */
  readonly firstRead: Places = new Growing(Int32Array)
  readonly lastRead: Places = new Growing(Int32Array)

  get values(): readonly Scalar[] {
    return this.#numbers.values
  }

  codeOf(value: Scalar): number {
    const known = this.#numbers.find(value)
    if (known !== undefined) return known
    const code = this.#numbers.add(value)
    for (const column of [this.firstNs, this.lastNs]) column.push(Number.NaN)
    for (const column of [this.firstRead, this.lastRead]) column.push(NONE)
    this.askedNs.push(Number.POSITIVE_INFINITY)
    return code
  }
}

/** An element that somebody read: the read, by its number. */
export interface Sighted {
  readonly element: Scalar
  readonly read: number
}

/** Takes the pairs of a history. Adds and reads are numbered in order of invocation. */
export class SetHistory {
  readonly #pairs: Sequence<Pair>
  readonly #elements = new Elements()
  readonly #addPlaces: Places = new Growing(Int32Array)
  readonly #added: Places = new Growing(Int32Array)
  readonly #acknowledgedNs: Times = new Growing(Float64Array)
  readonly #readPlaces: Places = new Growing(Int32Array)
  readonly #readNs: Times = new Growing(Float64Array)
  /** Of each read that has an element more than once, the first such element. */
  readonly duplicates: Sighted[] = []

  constructor(pairs: Sequence<Pair>) {
    this.#pairs = pairs
  }

  take({ invocation, completion }: Pair, place: number): void {
    if (invocation.f === 'add') {
      const code = this.#elements.codeOf((invocation.value as { element: Scalar }).element)
      this.#elements.askedNs.set(code, Math.min(this.#elements.askedNs.at(code), invocation.timeNs))
      this.#addPlaces.push(place)
      this.#added.push(code)
      this.#acknowledgedNs.push(completion?.type === 'ok' ? completion.timeNs : Number.NaN)
    } else if (completion?.type === 'ok') {
      this.#readPlaces.push(place)
      this.#readNs.push(invocation.timeNs)
      this.#sight(elementsIn(completion), completion.timeNs)
    }
  }

  #sight(elements: readonly Scalar[], timeNs: number): void {
    const { firstNs, lastNs, firstRead, lastRead } = this.#elements
    const read = this.reads - 1
    let isTwice = false
    for (const element of elements) {
      const code = this.#elements.codeOf(element)
      if (firstRead.at(code) === NONE) {
        firstRead.set(code, read)
        firstNs.set(code, timeNs)
        lastNs.set(code, timeNs)
      } else {
        if (timeNs < firstNs.at(code)) {
          firstNs.set(code, timeNs)
          firstRead.set(code, read)
        }
        lastNs.set(code, Math.max(lastNs.at(code), timeNs))
      }
      if (lastRead.at(code) === read && !isTwice) {
        isTwice = true
        this.duplicates.push({ element, read })
      }
      lastRead.set(code, read)
    }
  }

  get adds(): number {
    return this.#addPlaces.length
  }

  get reads(): number {
    return this.#readPlaces.length
  }

  elementOf(add: number): Scalar {
    return this.#elements.values[this.#added.at(add)] as Scalar
  }

  pairOf(add: number): Pair {
    return this.#pairs.at(this.#addPlaces.at(add)) as Pair
  }

  isAcknowledged(add: number): boolean {
    return !Number.isNaN(this.#acknowledgedNs.at(add))
  }

  /** The last time it was read; NaN: never. */
  lastReadNs(add: number): number {
    return this.#elements.lastNs.at(this.#added.at(add))
  }

  /** The time from which it was certainly in the set; infinite: never. */
  knownNs(add: number): number {
    const [acknowledgedNs, firstNs] = [
      this.#acknowledgedNs.at(add),
      this.#elements.firstNs.at(this.#added.at(add)),
    ]
    const orNever = (timeNs: number): number => (Number.isNaN(timeNs) ? Number.POSITIVE_INFINITY : timeNs)
    return Math.min(orNever(acknowledgedNs), orNever(firstNs))
  }

  readNs(read: number): number {
    return this.#readNs.at(read)
  }

  readAt(read: number): SetRead {
    const { invocation, completion } = this.#pairs.at(this.#readPlaces.at(read)) as Pair
    return { invocation, completion: completion as Operation, elements: elementsIn(completion as Operation) }
  }

  /** Whether the read contains what was added. */
  containing(read: number): (add: number) => boolean {
    const { lastRead } = this.#elements
    for (const element of this.readAt(read).elements) lastRead.set(this.#elements.codeOf(element), read)
    return (add) => lastRead.at(this.#added.at(add)) === read
  }

  /** Elements that were read and never added, or only later, with the first read of each. */
  strangers(): readonly Sighted[] {
    const { values, askedNs, firstNs, firstRead } = this.#elements
    const found: Sighted[] = []
    for (const [code, element] of values.entries())
      if (firstNs.at(code) < askedNs.at(code)) found.push({ element, read: firstRead.at(code) })
    return found
  }

  /** As objects, of which there are as many as there are adds and elements read. */
  objects(): { readonly adds: readonly Add[]; readonly reads: readonly SetRead[] } {
    return {
      adds: Array.from({ length: this.adds }, (_, add) => ({
        element: this.elementOf(add),
        invocation: this.pairOf(add).invocation,
        knownNs: this.knownNs(add),
      })),
      reads: Array.from({ length: this.reads }, (_, read) => this.readAt(read)),
    }
  }
}
