/**
 * What happened to each element of queues, as numbers: some 100 bytes an element. Its pairs are fetched when it is shown. Equal
 * values in one queue are one element, which may be put in and taken out several times.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { Dequeued, Drained, QueueCall } from '../../harness/vocabularies/queue.ts'
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'

type Numbers = Growing<Int32Array<ArrayBuffer>>

/** No place. */
const NONE = -1

export interface Account {
  /** Such as `7 of queue 1`. */
  readonly name: string
  readonly enqueued: readonly Pair[]
  readonly dequeued: readonly Pair[]
}

/** The places of the pairs that did something to each element. Most elements have one. */
class Places {
  readonly #first: Numbers = new Growing(Int32Array)
  readonly #others = new Map<number, number[]>()

  addElement(): void {
    this.#first.push(NONE)
  }

  add(element: number, place: number): void {
    if (this.#first.at(element) === NONE) {
      this.#first.set(element, place)
      return
    }
    const others = this.#others.get(element)
    if (others === undefined) this.#others.set(element, [place])
    else others.push(place)
  }

  count(element: number): number {
    return this.#first.at(element) === NONE ? 0 : 1 + (this.#others.get(element)?.length ?? 0)
  }

  of(element: number): readonly number[] {
    const first = this.#first.at(element)
    return first === NONE ? [] : [first, ...(this.#others.get(element) ?? [])]
  }
}

/** What is known of a queue as a whole. Places in the history are indices of operations. */
interface Queue {
  readonly key: Scalar
  /** Number of the element that each value is. */
  readonly elements: Map<Scalar, number>
  /** The invocation of the last answer that shows that it was empty then. */
  lastEmpty: number
  /** The end of the enqueue that was over last. */
  lastPut: number
  /** So many elements may dequeues with an unknown outcome have taken: one each, and a drain any number. */
  doubtful: number
}

/** What a dequeue or a drain took out. */
const takenBy = ({ invocation, completion }: Pair): readonly Scalar[] => {
  if (completion?.type !== 'ok') return []
  if (invocation.f === 'drain') return (completion.value as Drained).values
  const { value } = completion.value as Dequeued
  return value === null ? [] : [value]
}

/** Whether an ok answer shows that the queue is empty then. */
const leavesNothing = (f: string, ok: unknown): boolean => f === 'drain' || (ok as Dequeued).value === null

const count = (counts: Numbers, element: number): void => counts.set(element, counts.at(element) + 1)

/** Takes the pairs of a history. Elements are numbered in the order in which they are first told of. */
export class Accounts {
  readonly #pairs: Sequence<Pair>
  readonly #queues = new Map<Scalar, Queue>()
  readonly #queueOf: Queue[] = []
  readonly #values: Scalar[] = []
  readonly #enqueued = new Places()
  readonly #dequeued = new Places()
  readonly #acknowledged: Numbers = new Growing(Int32Array)
  readonly #failed: Numbers = new Growing(Int32Array)

  constructor(pairs: Sequence<Pair>) {
    this.#pairs = pairs
  }

  take(pair: Pair, place: number): void {
    const { invocation, completion } = pair
    const call = { f: invocation.f, value: invocation.value } as QueueCall
    const queue = this.#queueNamed(call.value.key)
    if (call.f === 'enqueue') {
      const element = this.#elementOf(queue, call.value.value)
      this.#enqueued.add(element, place)
      if (completion?.type === 'ok') count(this.#acknowledged, element)
      if (completion?.type === 'fail') count(this.#failed, element)
      queue.lastPut = Math.max(queue.lastPut, (completion ?? invocation).index)
      return
    }
    for (const value of takenBy(pair)) this.#dequeued.add(this.#elementOf(queue, value), place)
    if (completion?.type === 'ok' && leavesNothing(call.f, completion.value))
      queue.lastEmpty = invocation.index
    if ((completion?.type ?? 'info') === 'info')
      queue.doubtful += call.f === 'drain' ? Number.POSITIVE_INFINITY : 1
  }

  #queueNamed(key: Scalar): Queue {
    const known = this.#queues.get(key)
    if (known !== undefined) return known
    const queue: Queue = { key, elements: new Map(), lastEmpty: -1, lastPut: -1, doubtful: 0 }
    this.#queues.set(key, queue)
    return queue
  }

  #elementOf(queue: Queue, value: Scalar): number {
    const known = queue.elements.get(value)
    if (known !== undefined) return known
    const element = this.#values.push(value) - 1
    queue.elements.set(value, element)
    this.#queueOf.push(queue)
    for (const places of [this.#enqueued, this.#dequeued]) places.addElement()
    for (const counts of [this.#acknowledged, this.#failed]) counts.push(0)
    return element
  }

  /** The elements for which it holds. */
  where(holds: (element: number) => boolean): readonly number[] {
    const found: number[] = []
    for (let element = 0; element < this.#values.length; element++) if (holds(element)) found.push(element)
    return found
  }

  count(holds: (element: number) => boolean): number {
    return this.sum((element) => (holds(element) ? 1 : 0))
  }

  /** Of a number of each element. */
  sum(numberOf: (element: number) => number): number {
    let sum = 0
    for (let element = 0; element < this.#values.length; element++) sum += numberOf(element)
    return sum
  }

  nameOf(element: number): string {
    return `${inText(this.#values[element] as Scalar)} of queue ${inText(this.keyOf(element))}`
  }

  keyOf(element: number): Scalar {
    return (this.#queueOf[element] as Queue).key
  }

  /** How often it was put in, as far as that was acknowledged. */
  acknowledged(element: number): number {
    return this.#acknowledged.at(element)
  }

  /** How often it may have been put in. */
  possible(element: number): number {
    return this.#enqueued.count(element) - this.#failed.at(element)
  }

  /** How often it came out. */
  out(element: number): number {
    return this.#dequeued.count(element)
  }

  account(element: number): Account {
    const at = (place: number): Pair => this.#pairs.at(place) as Pair
    return {
      name: this.nameOf(element),
      enqueued: this.#enqueued.of(element).map(at),
      dequeued: this.#dequeued.of(element).map(at),
    }
  }

  /** Queues that were found empty at the end, after all their enqueues were over. */
  drained(): ReadonlySet<Scalar> {
    const drained = [...this.#queues.values()].filter(({ lastEmpty, lastPut }) => lastEmpty > lastPut)
    return new Set(drained.map(({ key }) => key))
  }

  /** Queue -> the number of elements that its dequeues with an unknown outcome may have taken. */
  doubtful(): Map<Scalar, number> {
    return new Map([...this.#queues.values()].map(({ key, doubtful }) => [key, doubtful]))
  }
}
