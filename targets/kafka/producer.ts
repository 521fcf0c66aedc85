/**
 * A producer of single records. An idempotent one sends a record again until somebody answers for it, with the same number, by
 * which brokers store it once (KIP-98). Any other sends a record again only if it was refused before it was appended.
 */
import { messageOf } from '../../harness/support/assert.ts'
import { sleep } from '../../harness/support/wait.ts'
import type { Cluster } from './brokers.ts'
import {
  COORDINATOR_LOAD_IN_PROGRESS,
  InDoubtError,
  isMoved,
  isRefused,
  KafkaError,
  NOT_LEADER_OR_FOLLOWER,
  NotSentError,
  UNKNOWN_TOPIC_OR_PARTITION,
} from './errors.ts'
import { type Acks, initProducer, type Produced, produce } from './messages.ts'
import { batchOf, type ProducerIdentity } from './records.ts'

const PAUSE_MS = 100
/** How often a record is offered to somebody else while nobody has appended it. */
const MOST_MOVES = 3
/** Longer than any client waits: what is given up is given up by the client. */
const BROKER_TIMEOUT_MS = 30_000

/** Errors that may be over by the next time: REQUEST_TIMED_OUT, NOT_ENOUGH_REPLICAS and the same after appending, among others. */
export const PASSING: ReadonlySet<number> = new Set([
  UNKNOWN_TOPIC_OR_PARTITION,
  5,
  NOT_LEADER_OR_FOLLOWER,
  7,
  19,
  20,
])

/** What came of one attempt. */
type Attempt =
  | { readonly type: 'stored'; readonly offset: number }
  | { readonly type: 'refused' | 'in doubt'; readonly error: Error; readonly mayPass: boolean }

export const attemptOf = (produced: Produced): Attempt => {
  const { error: code, offset } = produced
  if (code === 0) return { type: 'stored', offset }
  const error = new KafkaError(code, 'producing')
  return isRefused(produced)
    ? { type: 'refused', error, mayPass: isMoved(code) }
    : { type: 'in doubt', error, mayPass: PASSING.has(code) }
}

export interface ProducerOptions {
  readonly acks: Acks
  readonly isIdempotent: boolean
}

export class Producer {
  readonly #brokers: Cluster
  readonly #options: ProducerOptions
  /** Topic -> the number of the next record. */
  readonly #sequences = new Map<string, number>()
  #identity: ProducerIdentity | null = null
  #isSpent = false
  /** How often the record of this call was sent. */
  attempts = 0

  constructor(brokers: Cluster, options: ProducerOptions) {
    this.#brokers = brokers
    this.#options = options
  }

  /** A record is in doubt, so nobody knows the number of the next one. */
  get isSpent(): boolean {
    return this.#isSpent
  }

  /**
   * The offset of the record; -1 without acknowledgements.
   *
   * @throws InDoubtError if it may have been appended; anything else if it was not
   */
  async append(topic: string, text: string, signal: AbortSignal): Promise<number> {
    this.attempts = 0
    if (this.#options.isIdempotent) this.#identity ??= await this.#introduce(signal)
    const sequence = this.#sequences.get(topic) ?? 0
    const batch = batchOf(text, this.#identity, sequence)
    const offset = await this.#offer(topic, batch, signal)
    this.#sequences.set(topic, sequence + 1)
    return offset
  }

  async #introduce(signal: AbortSignal): Promise<ProducerIdentity> {
    const home = await this.#brokers.linkHome(signal)
    for (;;) {
      const { error, id, epoch } = await home.ask(initProducer(), signal)
      if (error === 0) return { id, epoch }
      if (error !== COORDINATOR_LOAD_IN_PROGRESS || !(await hasPaused(signal)))
        throw new KafkaError(error, 'becoming a producer')
    }
  }

  async #offer(topic: string, batch: Buffer, signal: AbortSignal): Promise<number> {
    let doubt: Error | null = null
    for (let moves = 0; ; moves += 1) {
      const attempt = await this.#attempt(topic, batch, signal)
      if (attempt.type === 'stored') return attempt.offset
      if (attempt.type === 'in doubt') doubt = attempt.error
      this.#brokers.forget(topic)
      const mayRepeat =
        doubt === null
          ? attempt.mayPass && moves < MOST_MOVES
          : this.#identity !== null && (attempt.mayPass || attempt.type === 'refused')
      if (!mayRepeat || !(await hasPaused(signal))) throw this.#verdict(doubt, attempt.error)
    }
  }

  #verdict(doubt: Error | null, last: Error): Error {
    if (doubt === null) return last
    this.#isSpent = true
    return new InDoubtError(doubt === last ? doubt.message : `${doubt.message}; then ${last.message}`)
  }

  async #attempt(topic: string, batch: Buffer, signal: AbortSignal): Promise<Attempt> {
    const { acks } = this.#options
    try {
      const { leader } = await this.#brokers.place(topic, signal)
      const link = await this.#brokers.linkTo(leader, signal)
      const message = produce(topic, batch, acks, BROKER_TIMEOUT_MS)
      this.attempts += 1
      if (acks !== 0) return await this.#answered(link.ask(message, signal))
      link.tell(message)
      return { type: 'stored', offset: -1 }
    } catch (error) {
      return { type: 'refused', error: asError(error), mayPass: !signal.aborted }
    }
  }

  async #answered(answer: Promise<Produced>): Promise<Attempt> {
    try {
      return attemptOf(await answer)
    } catch (error) {
      if (error instanceof NotSentError) throw error
      return { type: 'in doubt', error: asError(error), mayPass: true }
    }
  }
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(messageOf(error)))

/** False: the time is over. */
const hasPaused = (signal: AbortSignal): Promise<boolean> =>
  sleep(PAUSE_MS, signal).then(
    () => true,
    () => false,
  )
