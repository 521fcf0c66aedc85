/** The adds to a set and the reads of it, as numbers: some 50 bytes an element, however often it was read. */
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { BitSet } from '../bit-set.ts'
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
  /** Numbers of the reads with it that were over first and last. */
  readonly firstRead: Places = new Growing(Int32Array)
  readonly lastRead: Places = new Growing(Int32Array)

  get count(): number {
    return this.#numbers.count
  }

  valueOf(code: number): Scalar {
    return this.#numbers.valueOf(code)
  }

  codeOf(value: Scalar): number {
    const known = this.#numbers.find(value)
    if (known !== undefined) return known
    const code = this.#numbers.add(value)
    this.firstRead.push(NONE)
    this.lastRead.push(NONE)
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
  /** When each read was over. */
  readonly #readEndNs: Times = new Growing(Float64Array)
  /** What is in the read that is looked at. */
  readonly #isIn = new BitSet()
  /** Whether what is added are numbers, each added once: then each has a name of its own. */
  isPlain = true
  /** Of each read that has an element more than once, the first such element. */
  readonly duplicates: Sighted[] = []

  constructor(pairs: Sequence<Pair>) {
    this.#pairs = pairs
  }

  take({ invocation, completion }: Pair, place: number): void {
    if (invocation.f === 'add') {
      const { element } = invocation.value as { readonly element: Scalar }
      const code = this.#elements.codeOf(element)
      if (typeof element !== 'number' || this.#elements.askedNs.at(code) !== Number.POSITIVE_INFINITY)
        this.isPlain = false
      this.#elements.askedNs.set(code, Math.min(this.#elements.askedNs.at(code), invocation.timeNs))
      this.#addPlaces.push(place)
      this.#added.push(code)
      this.#acknowledgedNs.push(completion?.type === 'ok' ? completion.timeNs : Number.NaN)
    } else if (completion?.type === 'ok') {
      this.#readPlaces.push(place)
      this.#readNs.push(invocation.timeNs)
      this.#readEndNs.push(completion.timeNs)
      this.#sight(elementsIn(completion), completion.timeNs)
    }
  }

  #sight(elements: readonly Scalar[], timeNs: number): void {
    const { firstRead, lastRead } = this.#elements
    const read = this.reads - 1
    const isIn = this.#isIn
    isIn.clear()
    let isTwice = false
    for (const element of elements) {
      const code = this.#elements.codeOf(element)
      if (!isIn.add(code)) {
        if (!isTwice) this.duplicates.push({ element, read })
        isTwice = true
        continue
      }
      if (firstRead.at(code) === NONE || timeNs < this.#readEndNs.at(firstRead.at(code)))
        firstRead.set(code, read)
      if (lastRead.at(code) === NONE || timeNs > this.#readEndNs.at(lastRead.at(code)))
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
    return this.#elements.valueOf(this.#added.at(add))
  }

  pairOf(add: number): Pair {
    return this.#pairs.at(this.#addPlaces.at(add)) as Pair
  }

  isAcknowledged(add: number): boolean {
    return !Number.isNaN(this.#acknowledgedNs.at(add))
  }

  /** The last time it was read; NaN: never. */
  lastReadNs(add: number): number {
    return this.#endNs(this.#elements.lastRead.at(this.#added.at(add)))
  }

  /** The time from which it was certainly in the set; infinite: never. */
  knownNs(add: number): number {
    const [acknowledgedNs, firstNs] = [
      this.#acknowledgedNs.at(add),
      this.#endNs(this.#elements.firstRead.at(this.#added.at(add))),
    ]
    const orNever = (timeNs: number): number => (Number.isNaN(timeNs) ? Number.POSITIVE_INFINITY : timeNs)
    return Math.min(orNever(acknowledgedNs), orNever(firstNs))
  }

  /** When a read was over; NaN: it is none. */
  #endNs(read: number): number {
    return read === NONE ? Number.NaN : this.#readEndNs.at(read)
  }

  /** When a read began. */
  readNs(read: number): number {
    return this.#readNs.at(read)
  }

  readAt(read: number): SetRead {
    const { invocation, completion } = this.#pairs.at(this.#readPlaces.at(read)) as Pair
    return { invocation, completion: completion as Operation, elements: elementsIn(completion as Operation) }
  }

  /** Whether the read contains what was added. It tells until the next read is asked for. */
  containing(read: number): (add: number) => boolean {
    const isIn = this.#isIn
    isIn.clear()
    for (const element of elementsIn(
      (this.#pairs.at(this.#readPlaces.at(read)) as Pair).completion as Operation,
    ))
      isIn.add(this.#elements.codeOf(element))
    return (add) => isIn.has(this.#added.at(add))
  }

  /** Elements that were read and never added, or only later, with the first read of each. */
  strangers(): readonly Sighted[] {
    const { askedNs, firstRead } = this.#elements
    const found: Sighted[] = []
    for (let code = 0; code < this.#elements.count; code++) {
      const read = firstRead.at(code)
      if (this.#endNs(read) < askedNs.at(code)) found.push({ element: this.#elements.valueOf(code), read })
    }
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
