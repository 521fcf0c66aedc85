/**
 * How far the causes of each operation reach into each session: vector clocks (Fidge 1988, Mattern 1989) with as many places as
 * sessions matter at a time. A run whose processes end after each unknown outcome has thousands of sessions, but a session that
 * nobody asks about any more leaves its place to another.
 *
 * Who asks is a read. It is refuted by a write of its key that is among its causes and has the write of the value that it read
 * among its own; or by any write of the key if it found nothing. Causes come first in the order. So a write refutes only reads of
 * values that were written before it, and the last value of a key is not refuted. A session matters from its first write to the
 * last such read of a value that it wrote itself, or that was written to one of its keys before its own last one. Pure.
 */
import { type CausalOperations, NONE, NOTHING } from './causal-operations.ts'

/** Places that sessions take turns in. */
interface Turns {
  /** By session: its place; NONE: nobody asks about it. */
  readonly placeOf: Int32Array
  /** By session: where in the order its turn begins, and the last operation of it. */
  readonly from: Int32Array
  readonly to: Int32Array
  readonly places: number
}

/** Whether reads of nothing are judged of a key. Where they come long after its writes, its sessions keep their places as long. */
export type JudgesNothing = (key: number) => boolean

/** By session: where in the order it first writes, and where it is asked about for the last time; NONE: nowhere. */
const spansOf = (
  operations: CausalOperations,
  order: Int32Array,
  judgesNothing: JudgesNothing,
): Pick<Turns, 'from' | 'to'> => {
  const { keys, sessions, key, read, session, written } = operations
  /** By operation: where the value that it wrote is read for the last time. */
  const lastRead = new Int32Array(order.length).fill(NONE)
  /** By key: the last write so far, and where values that were written before it, or nothing, are read for the last time. */
  const newest = new Int32Array(keys).fill(NONE)
  const lastOlder = new Int32Array(keys).fill(NONE)
  for (const [at, operation] of order.entries()) {
    const writer = operations.writerOf(operation)
    if (writer !== NONE) lastRead[writer] = at
    else if (read.at(operation) === NOTHING && judgesNothing(key.at(operation)))
      lastOlder[key.at(operation)] = at
  }
  const from = new Int32Array(sessions).fill(NONE)
  const to = new Int32Array(sessions).fill(NONE)
  const matters = (own: number, until: number): void => {
    to[own] = Math.max(to[own] as number, until)
  }
  for (const [at, operation] of order.entries()) {
    if (written.at(operation) === NONE) continue
    const [own, ofKey] = [session.at(operation), key.at(operation)]
    if (from[own] === NONE) from[own] = at
    const older = newest[ofKey] as number
    newest[ofKey] = operation
    if (older !== NONE) {
      lastOlder[ofKey] = Math.max(lastOlder[ofKey] as number, lastRead[older] as number)
      matters(session.at(older), lastRead[older] as number)
    }
    matters(own, lastOlder[ofKey] as number)
  }
  return { from, to }
}

const turnsOf = (operations: CausalOperations, order: Int32Array, judgesNothing: JudgesNothing): Turns => {
  const { from, to } = spansOf(operations, order, judgesNothing)
  const writing = [...from.keys()].filter(
    (session) => from[session] !== NONE && (from[session] as number) <= (to[session] as number),
  )
  const byStart = writing.toSorted((a, b) => (from[a] as number) - (from[b] as number))
  const byEnd = writing.toSorted((a, b) => (to[a] as number) - (to[b] as number))
  const placeOf = new Int32Array(operations.sessions).fill(NONE)
  const free: number[] = []
  let [places, ended] = [0, 0]
  for (const session of byStart) {
    while ((to[byEnd[ended] as number] as number) < (from[session] as number))
      free.push(placeOf[byEnd[ended++] as number] as number)
    placeOf[session] = free.pop() ?? places++
  }
  return { placeOf, from, to, places }
}

export class CausalClocks {
  readonly #operations: CausalOperations
  readonly #order: Int32Array
  readonly #turns: Turns
  /** By operation: where it is in the order. */
  readonly #atOf: Int32Array
  #clocks = new Int32Array(0)
  /** By place: where in the order its session of now got it. */
  readonly #since: Int32Array

  constructor(operations: CausalOperations, order: Int32Array, judgesNothing: JudgesNothing) {
    this.#operations = operations
    this.#order = order
    this.#turns = turnsOf(operations, order, judgesNothing)
    this.#atOf = new Int32Array(order.length)
    for (const [at, operation] of order.entries()) this.#atOf[operation] = at
    this.#since = new Int32Array(this.#turns.places)
  }

  /** Numbers that are held: 4 bytes each. */
  get cells(): number {
    return this.#order.length * this.#turns.places
  }

  /** Tells each operation once its causes are known. Only then, and for it, may `reach` be asked. */
  each(take: (operation: number) => void): void {
    this.#clocks = new Int32Array(this.cells)
    for (const [at, operation] of this.#order.entries()) {
      this.#begin(at, operation)
      take(operation)
    }
  }

  #begin(at: number, operation: number): void {
    const { before, session, place } = this.#operations
    const own = session.at(operation)
    const { placeOf, from, to, places } = this.#turns
    const ownPlace = placeOf[own] as number
    if (from[own] === at && ownPlace !== NONE) this.#since[ownPlace] = at
    for (const cause of [before.at(operation), this.#operations.writerOf(operation)])
      if (cause !== NONE && cause !== operation) this.#join(at, this.#atOf[cause] as number)
    if (ownPlace !== NONE && (from[own] as number) <= at && at <= (to[own] as number))
      this.#clocks[at * places + ownPlace] = place.at(operation)
  }

  #join(at: number, cause: number): void {
    const { places } = this.#turns
    const [clocks, since] = [this.#clocks, this.#since]
    for (let place = 0, to = at * places, from = cause * places; place < places; place++, to++, from++)
      // What an older clock holds is of a session that had the place before.
      if ((since[place] as number) <= cause && (clocks[from] as number) > (clocks[to] as number))
        clocks[to] = clocks[from] as number
  }

  /** Whether a session may be asked about for the last time behind the operation. */
  isOver(operation: number, session: number): boolean {
    return (this.#turns.to[session] as number) < (this.#atOf[operation] as number)
  }

  /**
   * How far the causes of an operation, and itself, reach into a session that is not over at the operation that was told last:
   * the place of the last one within the session; 0: none is among them.
   */
  reach(operation: number, session: number): number {
    const { placeOf, from, places } = this.#turns
    const at = this.#atOf[operation] as number
    if (at < (from[session] as number)) return 0
    return this.#clocks[at * places + (placeOf[session] as number)] as number
  }
}
