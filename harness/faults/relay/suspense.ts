/**
 * Keeps a node from agreeing to anything. A proposal that the node is about to hear waits until its epoch is over for the node;
 * whatever follows it on its connection waits too, as TCP keeps the order. Nothing is lost, and nothing else is late.
 *
 * An epoch is over once a later one is known: the node itself has said that it is in one, or somebody proposes in one, for which
 * enough nodes must have left all earlier ones.
 */
import type { Epochs, Frame, Stream } from '../../api/byzantine.ts'

interface Waiting {
  readonly epoch: number | null
  readonly sinceMs: number
  readonly deliver: () => void
}

/** Of all that had to wait so far, what still waits included. */
export interface SuspenseCounts {
  readonly proposals: number
  /** Proposals included. */
  readonly messages: number
  readonly longestMs: number
  /** In which proposals had to wait. */
  readonly epochs: readonly number[]
}

export class Suspense {
  readonly #epochs: Epochs
  readonly #clock: () => number
  readonly #queues = new Map<Stream, Waiting[]>()
  readonly #heldEpochs = new Set<number>()
  #latest = Number.NEGATIVE_INFINITY
  #isOn = false
  #proposals = 0
  #messages = 0
  #longestMs = 0

  /** @param clock in milliseconds */
  constructor(epochs: Epochs, clock: () => number) {
    this.#epochs = epochs
    this.#clock = clock
  }

  /** Off: all that waits is delivered, in order. */
  turn(isOn: boolean): void {
    this.#isOn = isOn
    this.#letGo()
  }

  /** @param deliver is called once, now or later, after those of all earlier frames of the stream */
  take({ message }: Frame<unknown>, stream: Stream, deliver: () => void): void {
    const isHeard = stream.direction === 'heard'
    const epoch = message !== null && isHeard ? this.#epochs.proposedIn(message) : null
    this.#learn(epoch ?? (message !== null && !isHeard ? this.#epochs.sayerIn(message) : null))
    const queue = this.#queues.get(stream)
    if (queue === undefined && !this.#mustWait(epoch)) return deliver()
    this.#messages++
    if (epoch !== null) this.#proposals++
    if (epoch !== null) this.#heldEpochs.add(epoch)
    const waiting = { epoch, sinceMs: this.#clock(), deliver }
    if (queue === undefined) this.#queues.set(stream, [waiting])
    else queue.push(waiting)
  }

  /** The connection is closed: nobody is there to hear what waits. */
  forget(stream: Stream): void {
    this.#queues.delete(stream)
  }

  get counts(): SuspenseCounts {
    const nowMs = this.#clock()
    const waits = [...this.#queues.values()].flatMap(([first]) => (first ? [nowMs - first.sinceMs] : []))
    return {
      proposals: this.#proposals,
      messages: this.#messages,
      longestMs: Math.max(this.#longestMs, ...waits),
      epochs: [...this.#heldEpochs],
    }
  }

  #learn(epoch: number | null): void {
    if (epoch === null || epoch <= this.#latest) return
    this.#latest = epoch
    this.#letGo()
  }

  #mustWait(epoch: number | null): boolean {
    return this.#isOn && epoch !== null && epoch >= this.#latest
  }

  #letGo(): void {
    for (const [stream, queue] of this.#queues) {
      while (queue[0] !== undefined && !this.#mustWait(queue[0].epoch)) {
        const { sinceMs, deliver } = queue.shift() as Waiting
        this.#longestMs = Math.max(this.#longestMs, this.#clock() - sinceMs)
        deliver()
      }
      if (queue.length === 0) this.#queues.delete(stream)
    }
  }
}
