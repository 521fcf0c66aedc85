/** What happened to each element of queues, as numbers: some 100 bytes an element. Its pairs are fetched when it is shown. */
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
  readonly enqueued: Pair | null
  readonly dequeued: readonly Pair[]
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

const OUTCOMES = ['info', 'ok', 'fail'] as const

/** What a dequeue or a drain took out. */
const takenBy = ({ invocation, completion }: Pair): readonly Scalar[] => {
  if (completion?.type !== 'ok') return []
  if (invocation.f === 'drain') return (completion.value as Drained).values
  const { value } = completion.value as Dequeued
  return value === null ? [] : [value]
}

/** Whether an ok answer shows that the queue is empty then. */
const leavesNothing = (f: string, ok: unknown): boolean => f === 'drain' || (ok as Dequeued).value === null

/** Takes the pairs of a history. Elements are numbered in the order in which they are first told of. */
export class Accounts {
  readonly #pairs: Sequence<Pair>
  readonly #queues = new Map<Scalar, Queue>()
  readonly #queueOf: Queue[] = []
  readonly #values: Scalar[] = []
  /** The last enqueue, and its outcome. */
  readonly #enqueued: Numbers = new Growing(Int32Array)
  readonly #outcome: Numbers = new Growing(Int32Array)
  /** The first time it came out, in order of invocation. */
  readonly #dequeued: Numbers = new Growing(Int32Array)
  /** The other times. */
  readonly #again = new Map<number, number[]>()

  constructor(pairs: Sequence<Pair>) {
    this.#pairs = pairs
  }

  take(pair: Pair, place: number): void {
    const { invocation, completion } = pair
    const call = { f: invocation.f, value: invocation.value } as QueueCall
    const queue = this.#queueNamed(call.value.key)
    if (call.f === 'enqueue') {
      const element = this.#elementOf(queue, call.value.value)
      this.#enqueued.set(element, place)
      this.#outcome.set(element, OUTCOMES.indexOf((completion?.type ?? 'info') as (typeof OUTCOMES)[number]))
      queue.lastPut = Math.max(queue.lastPut, (completion ?? invocation).index)
      return
    }
    for (const value of takenBy(pair)) this.#takeOut(this.#elementOf(queue, value), place)
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
    this.#enqueued.push(NONE)
    this.#outcome.push(NONE)
    this.#dequeued.push(NONE)
    return element
  }

  #takeOut(element: number, place: number): void {
    if (this.#dequeued.at(element) === NONE) {
      this.#dequeued.set(element, place)
      return
    }
    const again = this.#again.get(element)
    if (again === undefined) this.#again.set(element, [place])
    else again.push(place)
  }

  /** The elements for which it holds. */
  where(holds: (element: number) => boolean): readonly number[] {
    const found: number[] = []
    for (let element = 0; element < this.#values.length; element++) if (holds(element)) found.push(element)
    return found
  }

  count(holds: (element: number) => boolean): number {
    let count = 0
    for (let element = 0; element < this.#values.length; element++) if (holds(element)) count++
    return count
  }

  nameOf(element: number): string {
    return `${inText(this.#values[element] as Scalar)} of queue ${inText(this.keyOf(element))}`
  }

  keyOf(element: number): Scalar {
    return (this.#queueOf[element] as Queue).key
  }

  /** Of its last enqueue; null: nobody enqueued it. */
  outcomeOf(element: number): (typeof OUTCOMES)[number] | null {
    return OUTCOMES[this.#outcome.at(element)] ?? null
  }

  isOut(element: number): boolean {
    return this.#dequeued.at(element) !== NONE
  }

  isOutAgain(element: number): boolean {
    return this.#again.has(element)
  }

  account(element: number): Account {
    const at = (place: number): Pair => this.#pairs.at(place) as Pair
    const [put, first] = [this.#enqueued.at(element), this.#dequeued.at(element)]
    const dequeued = first === NONE ? [] : [first, ...(this.#again.get(element) ?? [])]
    return {
      name: this.nameOf(element),
      enqueued: put === NONE ? null : at(put),
      dequeued: dequeued.map(at),
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
