/**
 * One connection to a server, with requests and their answers. It never reconnects, and sends nothing twice. NATS's own
 * client for Node lets nobody choose the address that it connects from, and reconnects and sends again by itself.
 */
import net from 'node:net'
import { CLIENT_PORT } from './ports.ts'
import { type Message, Parser, publication, type Received } from './protocol.ts'

const CONNECT_TIMEOUT_MS = 2000

const GREETING = JSON.stringify({
  verbose: false,
  pedantic: false,
  headers: true,
  // The server says at once that nobody listens to a subject, in place of silence.
  no_responders: true,
  lang: 'faultline',
  version: '1',
  protocol: 1,
})

/** The subscription of all answers that have the subject that they are sent to. */
const ANSWERS = '1'

/** The call was not sent, for the connection had ended before. */
export class NotSentError extends Error {}
/** No answer came, for the connection ended or the time was over. */
export class NoAnswerError extends Error {}

/** Who waits for what is sent to one address of an answer. */
interface Waiting {
  got(message: Message): void
  ended(why: string): void
}

/** Answers to one request, which may be several. */
export class Answers implements Disposable {
  readonly #waiting: Map<string, Waiting>
  readonly #token: string
  readonly #dispose: () => void
  readonly #came: Message[] = []
  #why: string | null = null
  #wake: () => void = () => {}

  constructor(waiting: Map<string, Waiting>, token: string, dispose: () => void) {
    this.#waiting = waiting
    this.#token = token
    this.#dispose = dispose
    waiting.set(token, {
      got: (message) => {
        this.#came.push(message)
        this.#wake()
      },
      ended: (why) => {
        this.#why = why
        this.#wake()
      },
    })
  }

  /**
   * The next answer.
   *
   * @throws NoAnswerError if none comes before the signal aborts or the connection ends
   */
  async next(signal: AbortSignal): Promise<Message> {
    const wake = (): void => this.#wake()
    signal.addEventListener('abort', wake, { once: true })
    try {
      for (;;) {
        const message = this.#came.shift()
        if (message !== undefined) return message
        if (this.#why !== null) throw new NoAnswerError(this.#why)
        if (signal.aborted) throw new NoAnswerError('no answer in time')
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      signal.removeEventListener('abort', wake)
    }
  }

  [Symbol.dispose](): void {
    this.#waiting.delete(this.#token)
    this.#dispose()
  }
}

export class Link {
  readonly #socket: net.Socket
  readonly #inbox: string
  readonly #waiting = new Map<string, Waiting>()
  readonly #parser = new Parser()
  readonly #ready = Promise.withResolvers<void>()
  #asked = 0
  #closing: string | null = null

  /** @param name unique in the cluster, without dots: answers to it come here */
  constructor(socket: net.Socket, name: string) {
    this.#socket = socket
    this.#inbox = `_INBOX.${name}`
    this.#ready.promise.catch(() => {})
    socket.setNoDelay(true)
    socket.on('error', ({ message }) => this.#end(message))
    socket.on('close', () => this.#end('the connection was closed'))
    socket.on('data', (chunk) => this.#take(chunk))
  }

  /** Resolves when the server has accepted the connection. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get isOpen(): boolean {
    return this.#closing === null
  }

  #take(chunk: Buffer): void {
    try {
      for (const received of this.#parser.take(chunk)) this.#act(received)
    } catch (error) {
      this.#end((error as Error).message)
    }
  }

  #act(received: Received): void {
    if (received.type === 'message') {
      const { subject, subscription } = received
      const token = subscription === ANSWERS ? subject.slice(this.#inbox.length + 1) : subscription
      this.#waiting.get(token)?.got(received)
    } else if (received.type === 'INFO' && this.#asked === 0) {
      this.#asked = 1
      this.#socket.write(`CONNECT ${GREETING}\r\nSUB ${this.#inbox}.* ${ANSWERS}\r\nPING\r\n`)
    } else if (received.type === 'PING') this.#socket.write('PONG\r\n')
    else if (received.type === 'PONG') this.#ready.resolve()
    else if (received.type === '-ERR') this.#end(received.text)
  }

  #end(why: string): void {
    if (this.#closing !== null) return
    this.#closing = why
    this.#socket.destroy()
    this.#ready.reject(new NotSentError(why))
    for (const waiting of this.#waiting.values()) waiting.ended(why)
    this.#waiting.clear()
  }

  /**
   * Sends a request, to which any number of answers may come.
   *
   * @throws NotSentError if the connection has ended
   */
  ask(subject: string, payload: Buffer, headers: Readonly<Record<string, string>> = {}): Answers {
    const token = this.#nextToken()
    const answers = new Answers(this.#waiting, token, () => {})
    this.#socket.write(publication(subject, `${this.#inbox}.${token}`, payload, headers))
    return answers
  }

  #nextToken(): string {
    if (this.#closing !== null) throw new NotSentError(this.#closing)
    this.#asked += 1
    return String(this.#asked)
  }

  /**
   * Asks a consumer for messages, which have the subject of their stream.
   *
   * @throws NotSentError if the connection has ended
   */
  pull(subject: string, payload: Buffer): Answers {
    const token = this.#nextToken()
    // Not below the address of the other answers, or each message would come twice.
    const address = this.#inbox.replace('_INBOX', '_PULL')
    const answers = new Answers(this.#waiting, token, () => {
      if (this.isOpen) this.#socket.write(`UNSUB ${token}\r\n`)
    })
    this.#socket.write(`SUB ${address}.${token} ${token}\r\n`)
    this.#socket.write(publication(subject, `${address}.${token}`, payload))
    return answers
  }

  /** Publishes a message to which nothing is answered. @throws NotSentError if the connection has ended */
  tell(subject: string, payload: Buffer): void {
    if (this.#closing !== null) throw new NotSentError(this.#closing)
    this.#socket.write(publication(subject, null, payload))
  }

  cut(): void {
    this.#end('the client ended the connection')
  }
}

/** @throws NotSentError if it cannot connect before the signal aborts */
export const openLink = async (
  address: string,
  localAddress: string | undefined,
  name: string,
  signal: AbortSignal,
): Promise<Link> => {
  const socket = net.connect({
    host: address,
    port: CLIENT_PORT,
    ...(localAddress === undefined ? {} : { localAddress }),
  })
  const link = new Link(socket, name)
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
