/**
 * What clients ask of JetStream: streams are declared, messages published and read, queues pulled from. Requests and answers are
 * JSON, on subjects that begin with `$JS.API` (https://docs.nats.io/reference/reference-protocols/nats_api_reference).
 */
import { parseJson } from '../../harness/support/json.ts'
import { sleep } from '../../harness/support/wait.ts'
import { JetStreamError, MESSAGE_NOT_FOUND, NO_RESPONDERS, STREAM_NOT_FOUND } from './errors.ts'
import { type Link, NoAnswerError } from './link.ts'
import type { Message } from './protocol.ts'

/** A stream as it is asked for. Asked for again in the same way, it is only found. */
export interface StreamConfig {
  readonly name: string
  readonly subjects: readonly string[]
  readonly retention?: 'limits' | 'workqueue'
  readonly max_msgs_per_subject?: number
  readonly allow_direct?: boolean
  /** A counter on each subject (NATS 2.12). */
  readonly allow_msg_counter?: boolean
  readonly num_replicas: number
}

/** A message that a stream holds. */
export interface Stored {
  /** From 1. */
  readonly sequence: number
  readonly text: string
}

/** A message of a queue. */
interface Taken {
  readonly text: string
  acknowledge(): void
}

interface ApiError {
  readonly code: number
  readonly err_code?: number
  readonly description?: string
}

interface Answer {
  readonly error?: ApiError
}

interface StreamInfo extends Answer {
  readonly state: { readonly last_seq: number }
}

interface ConsumerInfo extends Answer {
  readonly num_pending: number
  readonly num_ack_pending: number
}

interface StoredMessage extends Answer {
  readonly message: { readonly seq: number; readonly data?: string }
}

interface PublishAck extends Answer {
  /** From 1, in the stream. */
  readonly seq: number
}

interface Publication {
  readonly subject: string
  readonly text: string
  readonly id: string | null
  readonly headers?: Readonly<Record<string, string>>
}

/** Requests for single messages that are under way at once. */
const WINDOW = 64
/** How often a request is sent that nobody has received, and the pause before it is sent again: as NATS's own clients do. */
const MOST_TRIES = 5
const PAUSE_MS = 100
/** Messages of one answer to a batched direct get. */
const BATCH = 512

const NOTHING = Buffer.alloc(0)

/** Streams that a client of this process is about to create. */
const creating = new Map<string, Promise<unknown>>()
const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** @throws JetStreamError if the answer is an error */
const bodyOf = <T extends Answer>({ status, headers, payload }: Message, isLate = false): T => {
  if (status !== null)
    throw new JetStreamError(
      status,
      headers.Description ?? (status === NO_RESPONDERS ? 'no responders' : ''),
      isLate,
    )
  const body = parseJson(payload.toString()) as T
  if (body.error === undefined) return body
  const { code, err_code, description = '' } = body.error
  throw new JetStreamError(err_code ?? code, description, isLate)
}

const isCode = (error: unknown, ...codes: readonly number[]): boolean =>
  error instanceof JetStreamError && codes.includes(error.code)

export class JetStream {
  readonly #link: Link
  readonly #signal: AbortSignal
  readonly #retryAfterMs: number

  /** @param retryAfterMs when a message without an acknowledgement is published again; 0: never */
  constructor(link: Link, signal: AbortSignal, retryAfterMs: number) {
    this.#link = link
    this.#signal = signal
    this.#retryAfterMs = retryAfterMs
  }

  async #request<T extends Answer>(subject: string, body: unknown): Promise<T> {
    using answers = this.#link.ask(`$JS.API.${subject}`, body === null ? NOTHING : bytesOf(body))
    return bodyOf<T>(await answers.next(this.#signal))
  }

  /**
   * A stream that exists is only asked for its state: to create it, even in the same way, needs the leader of all streams'
   * names. Of all clients, one creates it and the others wait, as where an application is set up once: several proposals of the
   * same stream would stand in the log of names, and hide what becomes of a single one.
   */
  async declare(config: StreamConfig): Promise<void> {
    try {
      await this.last(config.name)
    } catch (error) {
      if (!isGone(error)) throw error
      const others = creating.get(config.name)
      await (others === undefined ? this.#create(config) : this.#await(others, config.name))
    }
  }

  async #create(config: StreamConfig): Promise<void> {
    const create = () => this.#request(`STREAM.CREATE.${config.name}`, { storage: 'file', ...config })
    const running = this.#whileGone(create)
    creating.set(config.name, running)
    try {
      await running
    } finally {
      creating.delete(config.name)
    }
  }

  async #await(others: Promise<unknown>, name: string): Promise<void> {
    // Whoever creates it tells by itself why it cannot.
    await others.catch(() => {})
    await this.#whileGone(() => this.last(name))
  }

  /** What was just declared is not yet known to all servers. What they refuse in this way, nobody has. */
  async #whileGone<T>(act: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await act()
      } catch (error) {
        if (!isGone(error) || tries === MOST_TRIES) throw error
        await sleep(PAUSE_MS, this.#signal).catch(() => {
          throw error
        })
      }
    }
  }

  /** Declares a consumer from which clients pull, and which delivers again what is not acknowledged in time. */
  async declareConsumer(stream: string, name: string, ackWaitMs: number): Promise<void> {
    const config = { durable_name: name, ack_policy: 'explicit', ack_wait: ackWaitMs * 1e6 }
    const create = () =>
      this.#request(`CONSUMER.DURABLE.CREATE.${stream}.${name}`, { stream_name: stream, config })
    await this.#whileGone(create)
  }

  /**
   * Publishes a message, and waits until the stream has acknowledged it.
   *
   * @param id by which the stream knows that it has the message already. Null: a message without an answer is not sent again
   * @param sent told of each time that the message is sent
   */
  async publish({ subject, text, id, headers = {} }: Publication, sent: () => void): Promise<PublishAck> {
    const all = id === null ? headers : { ...headers, 'Nats-Msg-Id': id }
    const payload = Buffer.from(text)
    const isAgain = id !== null && this.#retryAfterMs > 0
    let isInDoubt = false
    const once = async (): Promise<PublishAck> => {
      sent()
      using answers = this.#link.ask(subject, payload, all)
      const retryAfter = isAgain ? [AbortSignal.timeout(this.#retryAfterMs)] : []
      const limit = AbortSignal.any([this.#signal, ...retryAfter])
      return bodyOf<PublishAck>(await answers.next(limit), isInDoubt)
    }
    for (;;) {
      try {
        return await this.#whileGone(once)
      } catch (error) {
        if (!(error instanceof NoAnswerError) || this.#signal.aborted || !this.#link.isOpen) throw error
        isInDoubt = true
      }
    }
  }

  /** The sequence of the last message of a stream, as its leader says. 0: there was none. */
  async last(stream: string): Promise<number> {
    return (await this.#request<StreamInfo>(`STREAM.INFO.${stream}`, null)).state.last_seq
  }

  /** The message that the stream's leader holds; null: none. */
  async #get(
    stream: string,
    which: { readonly seq: number } | { readonly last_by_subj: string },
  ): Promise<Stored | null> {
    try {
      const { message } = await this.#request<StoredMessage>(`STREAM.MSG.GET.${stream}`, which)
      return { sequence: message.seq, text: Buffer.from(message.data ?? '', 'base64').toString() }
    } catch (error) {
      if (isCode(error, MESSAGE_NOT_FOUND)) return null
      throw error
    }
  }

  /** The last message on a subject, of the stream's leader or of the nearest replica. */
  async latest(stream: string, subject: string, isDirect: boolean): Promise<Stored | null> {
    if (!isDirect) return this.#get(stream, { last_by_subj: subject })
    using answers = this.#link.ask(`$JS.API.DIRECT.GET.${stream}.${subject}`, NOTHING)
    return storedOf(await answers.next(this.#signal))
  }

  /** All messages of a stream from this sequence on, in order: of its leader, or of the nearest replica. */
  async readFrom(stream: string, first: number, isDirect: boolean): Promise<readonly Stored[]> {
    return isDirect ? this.#readDirectly(stream, first) : this.#readLeader(stream, first)
  }

  async #readLeader(stream: string, first: number): Promise<readonly Stored[]> {
    const last = await this.last(stream)
    const found: Stored[] = []
    for (let at = first; at <= last; at += WINDOW) {
      const sequences = Array.from({ length: Math.min(WINDOW, last - at + 1) }, (_, ahead) => at + ahead)
      const messages = await Promise.all(sequences.map((seq) => this.#get(stream, { seq })))
      found.push(...messages.filter((each) => each !== null))
    }
    return found
  }

  /** Batches of a direct get (NATS 2.11). */
  async #readDirectly(stream: string, first: number): Promise<readonly Stored[]> {
    const found: Stored[] = []
    for (let from = first; ; ) {
      const batch = await this.#batchFrom(stream, from)
      found.push(...batch)
      const last = batch.at(-1)
      if (last === undefined || batch.length < BATCH) return found
      from = last.sequence + 1
    }
  }

  async #batchFrom(stream: string, seq: number): Promise<readonly Stored[]> {
    using answers = this.#link.ask(`$JS.API.DIRECT.GET.${stream}`, bytesOf({ seq, batch: BATCH }))
    const found: Stored[] = []
    for (;;) {
      const message = await answers.next(this.#signal)
      // The end of the batch.
      if (message.status === 204) return found
      const stored = storedOf(message)
      if (stored === null) return found
      found.push(stored)
    }
  }

  /** Asks a consumer for one message, for so long. Null: it has none to deliver now. */
  pull(stream: string, consumer: string, waitMs: number): Promise<Taken | null> {
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`
    const body = waitMs === 0 ? { batch: 1, no_wait: true } : { batch: 1, expires: waitMs * 1e6 }
    return this.#whileGone(async () => {
      using answers = this.#link.pull(subject, bytesOf(body))
      const message = await answers.next(this.#signal)
      if (message.status === 404 || message.status === 408) return null
      if (message.status !== null) bodyOf(message)
      const { reply } = message
      if (reply === null) throw new JetStreamError(0, 'a message that cannot be acknowledged')
      return {
        text: message.payload.toString(),
        acknowledge: () => this.#link.tell(reply, Buffer.from('+ACK')),
      }
    })
  }

  /** How many messages a consumer has not delivered, and how many nobody has acknowledged. */
  async pending(stream: string, consumer: string): Promise<number> {
    const info = await this.#request<ConsumerInfo>(`CONSUMER.INFO.${stream}.${consumer}`, null)
    return info.num_pending + info.num_ack_pending
  }
}

/** The answer to a direct get. */
const storedOf = (message: Message): Stored | null => {
  const { status, headers, payload } = message
  if (status === 404) return null
  if (status !== null) bodyOf(message)
  return { sequence: Number(headers['Nats-Sequence']), text: payload.toString() }
}

/** What was declared is not there (any more): it has to be declared again. */
export const isGone = (error: unknown): boolean => isCode(error, NO_RESPONDERS, STREAM_NOT_FOUND)
