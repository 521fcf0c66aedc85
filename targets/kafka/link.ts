/** One connection to a broker, with requests and their answers. It never reconnects, and sends nothing twice. */
import net from 'node:net'
import { NoAnswerError, NotSentError } from './errors.ts'
import type { Message } from './message.ts'
import { BROKER_PORT } from './ports.ts'
import { Reader, Writer } from './wire.ts'

const CONNECT_TIMEOUT_MS = 2000
const CLIENT_ID = 'faultline'
const LENGTH_BYTES = 4

interface Waiting {
  got(answer: Buffer): void
  ended(why: string): void
}

const frameOf = <Answer>({ key, version, isFlexible, write }: Message<Answer>, id: number): Buffer => {
  const writer = new Writer().int16(key).int16(version).int32(id).text(CLIENT_ID)
  if (isFlexible) writer.noTags()
  write(writer)
  return new Writer().bytes(writer.done()).done()
}

export class Link {
  readonly #socket: net.Socket
  readonly #waiting = new Map<number, Waiting>()
  readonly #ready = Promise.withResolvers<void>()
  #rest: Buffer = Buffer.alloc(0)
  #asked = 0
  #closing: string | null = null

  constructor(socket: net.Socket) {
    this.#socket = socket
    this.#ready.promise.catch(() => {})
    socket.setNoDelay(true)
    socket.on('connect', () => this.#ready.resolve())
    socket.on('error', ({ message }) => this.#end(message))
    socket.on('close', () => this.#end('the connection was closed'))
    socket.on('data', (chunk) => this.#take(chunk))
  }

  /** Resolves when there is a connection. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get isOpen(): boolean {
    return this.#closing === null
  }

  #take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    while (this.#rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#rest.readInt32BE()
      if (end < 2 * LENGTH_BYTES) return this.#end('an answer without a number')
      if (this.#rest.length < end) return
      const answer = this.#rest.subarray(LENGTH_BYTES, end)
      this.#rest = this.#rest.subarray(end)
      this.#waiting.get(answer.readInt32BE())?.got(answer)
    }
  }

  #end(why: string): void {
    if (this.#closing !== null) return
    this.#closing = why
    this.#socket.destroy()
    this.#ready.reject(new NotSentError(why))
    for (const waiting of this.#waiting.values()) waiting.ended(why)
    this.#waiting.clear()
  }

  #send<Answer>(message: Message<Answer>): number {
    if (this.#closing !== null) throw new NotSentError(this.#closing)
    this.#asked += 1
    this.#socket.write(frameOf(message, this.#asked))
    return this.#asked
  }

  /**
   * Sends a request and waits for its answer. A broker answers the requests of a connection one after another, so a request
   * that is given up ends the connection.
   *
   * @throws NotSentError if the connection had ended
   * @throws NoAnswerError if it ends, or the signal aborts
   */
  async ask<Answer>(message: Message<Answer>, signal: AbortSignal): Promise<Answer> {
    if (signal.aborted) throw new NotSentError('the time was over')
    const id = this.#send(message)
    const answered = Promise.withResolvers<Buffer>()
    const waiting: Waiting = {
      got: answered.resolve,
      ended: (why) => answered.reject(new NoAnswerError(why)),
    }
    this.#waiting.set(id, waiting)
    const cut = (): void => this.#end('no answer in time')
    signal.addEventListener('abort', cut, { once: true })
    try {
      const reader = new Reader(await answered.promise)
      reader.int32()
      if (message.isFlexible) reader.skipTags()
      return message.read(reader)
    } finally {
      signal.removeEventListener('abort', cut)
      this.#waiting.delete(id)
    }
  }

  /** Sends a request whose answer, if there is one, is ignored. @throws NotSentError if the connection had ended */
  tell<Answer>(message: Message<Answer>): void {
    this.#send(message)
  }

  cut(): void {
    this.#end('the client ended the connection')
  }
}

/** @throws NotSentError if it cannot connect before the signal aborts */
export const openLink = async (
  address: string,
  localAddress: string | undefined,
  signal: AbortSignal,
): Promise<Link> => {
  const socket = net.connect({
    host: address,
    port: BROKER_PORT,
    ...(localAddress === undefined ? {} : { localAddress }),
  })
  const link = new Link(socket)
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)])
  const cut = (): void => link.cut()
  limit.addEventListener('abort', cut, { once: true })
  if (limit.aborted) cut()
  try {
    await link.ready
    return link
  } finally {
    limit.removeEventListener('abort', cut)
  }
}
