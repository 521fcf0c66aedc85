/** One session with a MariaDB server. It neither reconnects nor repeats anything. */
import net from 'node:net'
import mysql from 'mysql2'
import type { Endpoint } from '../../harness/api/client.ts'
import { NotSent } from './errors.ts'
import { SQL_PORT } from './ports.ts'
import { USER } from './schema.ts'

const CONNECT_TIMEOUT_MS = 1000

export type Row = Readonly<Record<string, unknown>>

export interface Answer {
  readonly rows: readonly Row[]
  /** Rows that were found to change, or that were inserted. */
  readonly affected: number
}

/** Rejects when the signal aborts. */
const abortion = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = (): void => reject(new Error('no answer in time'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
  })

/** An array of rows for a query, and an object with `affectedRows` for anything else. */
const answerOf = (result: unknown): Answer =>
  Array.isArray(result)
    ? { rows: result as Row[], affected: 0 }
    : { rows: [], affected: (result as { affectedRows?: number }).affectedRows ?? 0 }

export class Session {
  readonly node: string
  readonly #connection: mysql.Connection
  readonly #socket: net.Socket
  #isOpen = true

  constructor(endpoint: Endpoint, localAddress: string | undefined) {
    this.node = endpoint.node
    this.#socket = net.connect({
      host: endpoint.address,
      port: SQL_PORT,
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
    })
    this.#connection = mysql.createConnection({
      user: USER,
      connectTimeout: CONNECT_TIMEOUT_MS,
      stream: () => this.#socket,
    })
    // Each statement reports its error. Without a listener Node would end the process.
    this.#connection.on('error', () => this.close())
    this.#socket.on('error', () => this.close())
    this.#socket.on('close', () => this.close())
  }

  /** @throws the error of the socket or of the server if it cannot connect. */
  async connect(signal: AbortSignal): Promise<void> {
    const connected = new Promise<void>((resolve, reject) => {
      this.#socket.once('error', reject)
      this.#connection.connect((error) => (error === null ? resolve() : reject(error)))
    })
    await this.#orAbort(connected, signal)
  }

  /** @throws the server's error, or NotSent, or an error that tells nothing. */
  async ask(text: string, values: readonly unknown[], signal: AbortSignal): Promise<Answer> {
    if (!this.#isOpen) throw new NotSent('the connection is closed')
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#connection.query(text, [...values], (error, result) =>
        error === null ? resolve(answerOf(result)) : reject(error),
      )
    })
    return await this.#orAbort(answer, signal)
  }

  /** Once nobody waits for an answer, the session cannot be used again. */
  async #orAbort<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
    answer.catch(() => {})
    const close = (): void => this.close()
    signal.addEventListener('abort', close, { once: true })
    try {
      return await Promise.race([answer, abortion(signal)])
    } finally {
      signal.removeEventListener('abort', close)
    }
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  close(): void {
    this.#isOpen = false
    this.#socket.destroy()
  }

  /** Takes leave first, so that the server does not log an aborted connection. */
  quit(): void {
    this.#isOpen = false
    this.#connection.end(() => this.#socket.destroySoon())
  }
}

/** @throws the reason if it cannot connect. */
export const connectTo = async (
  endpoint: Endpoint,
  localAddress: string | undefined,
  signal: AbortSignal,
): Promise<Session> => {
  const session = new Session(endpoint, localAddress)
  try {
    await session.connect(signal)
    return session
  } catch (error) {
    session.close()
    throw error
  }
}
