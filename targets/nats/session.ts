/** A client's connection to its server, and how far its call has come. */

import type { Stage } from './errors.ts'
import type { JetStream, Stored, StreamConfig } from './jetstream.ts'
import type { NatsOptions } from './options.ts'

/** From which all clients pull the messages of a queue. */
const CONSUMER = 'workers'

/** How long a message that another client has in its hands is waited for at a time. */
const WAIT_MS = 250

export class Session {
  readonly #stream: JetStream
  readonly #options: NatsOptions
  readonly #size: number
  readonly #declared: Set<string>
  /** Unique in the run: the first part of the ids of messages. */
  readonly #call: string
  stage: Stage = 'preparing'
  /** How often the message of this call was sent. */
  attempts = 0

  /**
   * @param size the number of servers
   * @param declared names of what the connection has declared
   * @param call the name of the call, unique in the run
   */
  constructor(stream: JetStream, options: NatsOptions, size: number, declared: Set<string>, call: string) {
    this.#stream = stream
    this.#options = options
    this.#size = size
    this.#declared = declared
    this.#call = call
  }

  get #isDirect(): boolean {
    return this.#options.reads === 'direct'
  }

  async declare(config: Omit<StreamConfig, 'num_replicas' | 'allow_direct'>): Promise<void> {
    if (this.#declared.has(config.name)) return
    const num_replicas = Math.min(this.#options.replicas, this.#size)
    await this.#stream.declare({ ...config, num_replicas, ...(this.#isDirect ? { allow_direct: true } : {}) })
    this.#declared.add(config.name)
  }

  async declareConsumer(stream: string): Promise<void> {
    const name = `${stream} ${CONSUMER}`
    if (this.#declared.has(name)) return
    await this.#stream.declareConsumer(stream, CONSUMER, this.#options['ack-wait'])
    this.#declared.add(name)
  }

  async #publish(subject: string, text: string, id: string | null, headers = {}): Promise<number> {
    this.stage = 'publishing'
    const { seq } = await this.#stream.publish({ subject, text, id, headers }, () => {
      this.attempts += 1
    })
    return seq
  }

  /** The sequence of the message. */
  publish(subject: string, text: string): Promise<number> {
    return this.#publish(subject, text, this.#call)
  }

  /** Only if the last message on the subject has this sequence; 0: there is none. Without an answer, it is not sent again. */
  async publishAt(subject: string, text: string, last: number): Promise<void> {
    await this.#publish(subject, text, null, { 'Nats-Expected-Last-Subject-Sequence': String(last) })
  }

  /** Counters take no ids, so it is not sent again without an answer. */
  async increment(subject: string, delta: number): Promise<void> {
    await this.#publish(subject, '', null, { 'Nats-Incr': delta < 0 ? String(delta) : `+${delta}` })
  }

  readFrom(stream: string, first: number): Promise<readonly Stored[]> {
    return this.#stream.readFrom(stream, first, this.#isDirect)
  }

  latest(stream: string, subject: string): Promise<Stored | null> {
    return this.#stream.latest(stream, subject, this.#isDirect)
  }

  latestOfLeader(stream: string, subject: string): Promise<Stored | null> {
    return this.#stream.latest(stream, subject, false)
  }

  /**
   * A message, which is acknowledged as soon as it is here; without the acknowledgement, it is delivered again. Null: the queue is
   * empty, and nobody has a message of it in his hands.
   */
  async take(queue: string): Promise<string | null> {
    this.stage = 'pulling'
    for (let waitMs = 0; ; waitMs = WAIT_MS) {
      const message = await this.#stream.pull(queue, CONSUMER, waitMs)
      if (message !== null) {
        message.acknowledge()
        return message.text
      }
      if ((await this.#stream.pending(queue, CONSUMER)) === 0) return null
    }
  }
}
