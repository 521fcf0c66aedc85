/**
 * A transactional producer (KIP-98): appends to several topics that all become visible, or none. As Kafka's own clients do, it sends a
 * request that is not answered in time again over another connection, until somebody answers for it, and then goes on with the next
 * transaction.
 *
 * A transaction is committed by one request, the last. As long as that was not sent, nobody commits it. Once it was, only an answer
 * tells, so without one the transaction is in doubt. A producer that has not seen the end of its transaction is of no more use: the next
 * one under its transactional id fences it, and ends what it left open.
 */
import { messageOf } from '../../harness/support/assert.ts'
import { sleep } from '../../harness/support/wait.ts'
import type { Asked, Cluster } from './brokers.ts'
import { coordinatorOf, NOT_YET } from './coordinator.ts'
import {
  CONCURRENT_TRANSACTIONS,
  InDoubtError,
  isTurnedDown,
  KafkaError,
  NOT_COORDINATOR,
  NoAnswerError,
  UNKNOWN_TOPIC_OR_PARTITION,
  UncommittedError,
} from './errors.ts'
import type { Message } from './message.ts'
import { initProducer, produce } from './messages.ts'
import { PASSING } from './producer.ts'
import { batchOf } from './records.ts'
import {
  addTopic,
  endTransaction,
  endTransactionAndEpoch,
  produceAndAdd,
  type Transactional,
} from './transaction-messages.ts'

const PAUSE_MS = 20
/** Longer than any client waits: what is given up is given up by the client. */
const BROKER_TIMEOUT_MS = 30_000
const ALL = -1

export interface Append {
  readonly topic: string
  readonly text: string
}

export interface TransactionOptions {
  /** The transactional id. */
  readonly name: string
  /** Whether the end of a transaction gives the producer a new epoch (since 4.0). */
  readonly hasEpochs: boolean
  readonly transactionTimeoutMs: number
  readonly requestTimeoutMs: number
  /** 0: none is aborted on purpose. */
  readonly abortEvery: number
}

/** Errors of the coordinator that may be over by the next time. It learns late of a topic that was made just now. */
const PASSING_ERRORS: ReadonlySet<number> = new Set([
  ...NOT_YET,
  NOT_COORDINATOR,
  CONCURRENT_TRANSACTIONS,
  UNKNOWN_TOPIC_OR_PARTITION,
])
const mayPass = (code: number): boolean => PASSING_ERRORS.has(code)

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(messageOf(error)))

export class Transactions {
  readonly #cluster: Cluster
  readonly #options: TransactionOptions
  /** Topic -> the number of its next record, in this epoch. */
  readonly #sequences = new Map<string, number>()
  /** The topics of this transaction. */
  readonly #topics = new Set<string>()
  #self: Transactional | null = null
  #coordinator: Asked | null = null
  #begun = 0
  #isSpent = false
  /** How often the request of this call that was sent most often was sent. */
  attempts = 0

  constructor(cluster: Cluster, options: TransactionOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  /** It does not know how its last transaction ended. */
  get isSpent(): boolean {
    return this.#isSpent
  }

  /**
   * Becomes the owner of its transactional id, if it is not yet: what an earlier one left open is then aborted.
   *
   * @param appends to come; a topic that is missing is created
   */
  async introduce(appends: readonly Append[], signal: AbortSignal): Promise<void> {
    this.attempts = 0
    // Brokers that tell of a topic also tell where the coordinator may be.
    for (const { topic } of appends) await this.#cluster.place(topic, signal)
    if (this.#self !== null) return
    const { name, transactionTimeoutMs } = this.#options
    const { id, epoch } = await this.#insist(
      initProducer(name, transactionTimeoutMs),
      ({ error }) => error,
      'becoming a producer',
      signal,
    )
    this.#self = { name, id, epoch }
  }

  /**
   * Appends in one transaction.
   *
   * @throws InDoubtError if it may be committed; anything else if it is not
   */
  async commit(appends: readonly Append[], signal: AbortSignal): Promise<void> {
    await this.introduce(appends, signal)
    this.#begun += 1
    this.#topics.clear()
    this.#isSpent = true
    try {
      for (const append of appends) await this.#append(append, signal)
    } catch (error) {
      await this.#end(false, signal).catch(() => {})
      // It has ended, but nobody knows the number of the next record.
      this.#isSpent = true
      throw new UncommittedError(messageOf(error))
    }
    const { abortEvery } = this.#options
    const isAborted = abortEvery > 0 && this.#begun % abortEvery === 0
    if (!isAborted) return this.#end(true, signal)
    await this.#end(false, signal).catch(() => {})
    throw new UncommittedError('it was aborted on purpose (abort-every)')
  }

  async #append({ topic, text }: Append, signal: AbortSignal): Promise<void> {
    const self = this.#self as Transactional
    const { hasEpochs } = this.#options
    if (!hasEpochs && !this.#topics.has(topic))
      await this.#insist(addTopic(self, topic), (error) => error, `adding ${topic}`, signal)
    this.#topics.add(topic)
    const sequence = this.#sequences.get(topic) ?? 0
    const batch = batchOf(text, self, sequence, true)
    const message = hasEpochs
      ? produceAndAdd(topic, batch, BROKER_TIMEOUT_MS, self.name)
      : produce(topic, batch, ALL, BROKER_TIMEOUT_MS, self.name)
    for (let sent = 1; ; sent += 1) {
      const error = await this.#offer(topic, message, sent, signal)
      if (error === null) break
      this.#cluster.forget(topic)
      const isOver = error instanceof KafkaError && !PASSING.has(error.code) && !mayPass(error.code)
      if (isOver || !(await hasPaused(signal))) throw error
    }
    this.#sequences.set(topic, sequence + 1)
  }

  /** Null: the record is stored. */
  async #offer(
    topic: string,
    message: ReturnType<typeof produce>,
    sent: number,
    signal: AbortSignal,
  ): Promise<Error | null> {
    try {
      const { leader } = await this.#cluster.place(topic, signal)
      const link = await this.#cluster.linkTo(leader, signal)
      const { error } = await this.#ask(link, message, sent, signal)
      return error === 0 ? null : new KafkaError(error, 'producing')
    } catch (error) {
      return asError(error)
    }
  }

  /** @throws InDoubtError if it may have ended so; anything else if it has not */
  async #end(isCommit: boolean, signal: AbortSignal): Promise<void> {
    const self = this.#self as Transactional
    const { hasEpochs } = this.#options
    const message = (hasEpochs ? endTransactionAndEpoch : endTransaction)(self, isCommit)
    let doubt: Error | null = null
    for (let sent = 1; ; sent += 1) {
      const attempt = await this.#tryToEnd(message, sent, signal)
      if (attempt.error === null) return
      if (attempt.isInDoubt) doubt = attempt.error
      if (attempt.mayRepeat && (await hasPaused(signal))) continue
      if (doubt === null) throw new UncommittedError(attempt.error.message)
      const rest = doubt === attempt.error ? '' : `; then ${attempt.error.message}`
      throw new InDoubtError(`${doubt.message}${rest}`)
    }
  }

  async #tryToEnd(
    message: ReturnType<typeof endTransaction>,
    sent: number,
    signal: AbortSignal,
  ): Promise<
    { error: null } | { readonly error: Error; readonly isInDoubt: boolean; readonly mayRepeat: boolean }
  > {
    let link: Asked
    try {
      link = await this.#coordinatorLink(signal)
    } catch (error) {
      return { error: asError(error), isInDoubt: false, mayRepeat: true }
    }
    try {
      const { error: code, id, epoch } = await this.#ask(link, message, sent, signal)
      if (code === 0) {
        this.#goOnAs(id, epoch)
        return { error: null }
      }
      this.#coordinator = null
      const error = new KafkaError(code, 'ending the transaction')
      return { error, isInDoubt: !isTurnedDown(code), mayRepeat: mayPass(code) }
    } catch (error) {
      this.#coordinator = null
      return { error: asError(error), isInDoubt: error instanceof NoAnswerError, mayRepeat: true }
    }
  }

  #goOnAs(id: number, epoch: number): void {
    const self = this.#self as Transactional
    if (id !== self.id || epoch !== self.epoch) this.#sequences.clear()
    this.#self = { name: self.name, id, epoch }
    this.#isSpent = false
  }

  /** Asks the coordinator what may be asked twice, until there is an answer. @throws if there is none, or it is an error */
  async #insist<Answer>(
    message: Message<Answer>,
    codeOf: (answer: Answer) => number,
    doing: string,
    signal: AbortSignal,
  ): Promise<Answer> {
    for (let sent = 1; ; sent += 1) {
      let failed: Error
      try {
        const answer = await this.#ask(await this.#coordinatorLink(signal), message, sent, signal)
        const code = codeOf(answer)
        if (code === 0) return answer
        failed = new KafkaError(code, doing)
        if (!mayPass(code)) throw failed
      } catch (error) {
        failed = asError(error)
        if (failed instanceof KafkaError && !mayPass(failed.code)) throw failed
      }
      if (!(failed instanceof KafkaError && failed.code === CONCURRENT_TRANSACTIONS)) this.#coordinator = null
      if (!(await hasPaused(signal))) throw failed
    }
  }

  async #coordinatorLink(signal: AbortSignal): Promise<Asked> {
    if (this.#coordinator?.isOpen === true) return this.#coordinator
    this.#coordinator = await coordinatorOf(this.#cluster, this.#options.name, 'producer', signal)
    return this.#coordinator
  }

  /** A request that is given up ends its connection, so the next one goes over another. */
  #ask<Answer>(link: Asked, message: Message<Answer>, sent: number, signal: AbortSignal): Promise<Answer> {
    this.attempts = Math.max(this.attempts, sent)
    return link.ask(message, AbortSignal.any([signal, AbortSignal.timeout(this.#options.requestTimeoutMs)]))
  }
}

/** False: the time is over. */
const hasPaused = (signal: AbortSignal): Promise<boolean> =>
  sleep(PAUSE_MS, signal).then(
    () => true,
    () => false,
  )
