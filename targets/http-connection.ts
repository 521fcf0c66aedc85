/**
 * One connection of HTTP/1.1, with one request at a time. Nothing is ever sent again. A general client library took 16 us of
 * processor time for an exchange, beside 7 us of the kernel; this takes 6 us.
 */
import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { type Answer, AnswerReader } from './http-answer.ts'

const CONNECT_TIMEOUT_MS = 1000
/** For how long an idle connection is used again if the server does not say for how long it keeps it. */
const KEPT_FOR_MS = 4000
/** A server that says so closes the connection then; a request that is sent at that moment would be lost. */
const KEPT_MARGIN_MS = 1000

/** All connections read into it: what arrives is taken at once. */
const ARRIVED = Buffer.allocUnsafeSlow(64 * 1024)

class ConnectionError extends Error {
  readonly code: 'CONNECT_TIMEOUT' | 'CLOSED'

  constructor(code: ConnectionError['code']) {
    super(
      code === 'CLOSED' ? 'the connection was closed before the answer was whole' : 'no connection in time',
    )
    this.code = code
  }
}

/** When a request is given up. */
export interface Patience {
  readonly signal: AbortSignal
  /** Absent: by the signal alone. A signal for each request would cost more than its timer. */
  readonly withinMs?: number
}

interface Exchange {
  readonly reader: AnswerReader
  readonly signal: AbortSignal
  readonly timer: NodeJS.Timeout | undefined
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80)

export class HttpConnection implements AsyncDisposable {
  readonly #socket: net.Socket
  readonly #connecting: NodeJS.Timeout
  #exchange: Exchange | null = null
  #isOpen = true
  #usableUntilMs = Number.POSITIVE_INFINITY

  /** @param localAddress the source of the connection; absent: the system's choice */
  constructor(origin: URL, localAddress: string | undefined) {
    const isSecure = origin.protocol === 'https:'
    const to = {
      host: origin.hostname.replace(/^\[|\]$/g, ''),
      port: portOf(origin),
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
    }
    this.#socket = isSecure
      ? tls.connect({ ...to, ...(net.isIP(to.host) === 0 ? { servername: to.host } : {}) })
      : net.connect({ ...to, onread: { buffer: ARRIVED, callback: this.#arrived } })
    if (isSecure) this.#socket.on('data', (bytes: Buffer) => this.#take(bytes))
    this.#connecting = setTimeout(
      () => this.#fail(new ConnectionError('CONNECT_TIMEOUT')),
      CONNECT_TIMEOUT_MS,
    )
    this.#socket.once(isSecure ? 'secureConnect' : 'connect', () => clearTimeout(this.#connecting))
    this.#socket.on('end', () => this.#ended())
    this.#socket.on('error', (error) => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new ConnectionError('CLOSED')))
  }

  /** Whether a request can be sent. */
  get isFree(): boolean {
    return this.#isOpen && this.#exchange === null && performance.now() < this.#usableUntilMs
  }

  /** Whether an answer is waited for. */
  get isBusy(): boolean {
    return this.#exchange !== null
  }

  /**
   * Sends a whole request, and takes its answer by the reader. If it rejects, the connection is over: the answer may still
   * arrive, and must not be taken for that of the next request.
   */
  send(
    request: string,
    { signal, withinMs }: Patience,
    reader: AnswerReader = new AnswerReader(),
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const timer = withinMs === undefined ? undefined : setTimeout(this.#tooLate, withinMs, withinMs)
      this.#exchange = { reader, signal, timer, resolve, reject }
      signal.addEventListener('abort', this.#aborted)
      this.#socket.ref()
      this.#socket.write(request)
    })
  }

  readonly #aborted = (): void => this.#fail(this.#exchange?.signal.reason)

  readonly #tooLate = (ms: number): void =>
    this.#fail(new DOMException(`no answer within ${ms} ms`, 'TimeoutError'))

  readonly #arrived = (length: number): boolean => {
    this.#take(ARRIVED.subarray(0, length))
    return true
  }

  #take(bytes: Buffer): void {
    // Nobody asked for it.
    if (this.#exchange === null) return this.#fail(new ConnectionError('CLOSED'))
    try {
      const answer = this.#exchange.reader.take(bytes)
      if (answer !== null) this.#settle(answer)
    } catch (error) {
      this.#fail(error)
    }
  }

  #ended(): void {
    const answer = this.#exchange?.reader.end() ?? null
    if (answer !== null) this.#settle(answer)
    this.#fail(new ConnectionError('CLOSED'))
  }

  #settle(answer: Answer): void {
    const exchange = this.#finish()
    const keptForMs = answer.keptForMs === null ? KEPT_FOR_MS : answer.keptForMs - KEPT_MARGIN_MS
    this.#usableUntilMs = performance.now() + keptForMs
    if (keptForMs <= 0) this.#fail(new ConnectionError('CLOSED'))
    // An idle connection does not keep the process alive.
    else this.#socket.unref()
    exchange?.resolve(answer)
  }

  #finish(): Exchange | null {
    const exchange = this.#exchange
    this.#exchange = null
    if (exchange === null) return null
    exchange.signal.removeEventListener('abort', this.#aborted)
    clearTimeout(exchange.timer)
    return exchange
  }

  #fail(error: unknown): void {
    this.#isOpen = false
    clearTimeout(this.#connecting)
    this.#socket.destroy()
    this.#finish()?.reject(error)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#fail(new ConnectionError('CLOSED'))
    if (!this.#socket.closed) await once(this.#socket, 'close')
  }
}
