/** One session with a PostgreSQL server. It neither reconnects nor repeats anything. */
import { Socket } from 'node:net'
import { Client } from 'pg'
import type { ClientContext, Endpoint } from '../../harness/api/client.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { isDeposed, NotReplicated, NotSent } from './errors.ts'
import { SQL_PORT } from './ports.ts'

const CONNECT_TIMEOUT_MS = 1000

type Row = Readonly<Record<string, unknown>>

export interface Answer {
  /** What the server did, such as COMMIT or ROLLBACK. */
  readonly command: string
  readonly rows: readonly Row[]
}

/** A warning after which the answer is a success all the same: PostgreSQL's `SyncRepWaitForLSN`. */
const UNREPLICATED = /canceling (?:the )?wait for synchronous replication/

/** Connects from this address. */
const socketFrom = (localAddress: string | undefined): Socket => {
  const socket = new Socket()
  const connect = socket.connect.bind(socket)
  const bound = (port: number, host: string): Socket =>
    connect({ port, host, ...(localAddress === undefined ? {} : { localAddress }) })
  return Object.assign(socket, { connect: bound })
}

/** Rejects when the signal aborts. */
const abortion = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = (): void => reject(new Error('no answer in time'))
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
  })

export class Session {
  readonly node: string
  readonly #client: Client
  readonly #socket: Socket
  #isOpen = true
  #warning: string | null = null

  constructor(endpoint: Endpoint, localAddress: string | undefined) {
    this.node = endpoint.node
    this.#socket = socketFrom(localAddress)
    this.#client = new Client({
      host: endpoint.address,
      port: SQL_PORT,
      user: 'postgres',
      database: 'postgres',
      application_name: 'faultline',
      ssl: false,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      stream: () => this.#socket,
    })
    // Each statement reports its error. Without a listener Node would end the process.
    this.#client.on('error', () => this.close())
    this.#client.on('end', () => this.close())
    this.#client.on('notice', ({ message }) => {
      if (message !== undefined && UNREPLICATED.test(message)) this.#warning = message
    })
  }

  /** @throws the error of the socket or of the server if it cannot connect. */
  async connect(signal: AbortSignal): Promise<void> {
    await this.#orAbort(this.#client.connect(), signal)
  }

  /** @throws the server's error, or NotSent, or an error that tells nothing. */
  async ask(text: string, values: readonly unknown[], signal: AbortSignal): Promise<Answer> {
    if (!this.#isOpen) throw new NotSent('the connection is closed')
    this.#warning = null
    try {
      const answer = await this.#orAbort(this.#client.query<Row>(text, [...values]), signal)
      if (this.#warning !== null) throw new NotReplicated(this.#warning)
      return answer
    } catch (error) {
      if (isDeposed(error)) this.close()
      throw error
    }
  }

  /** Several statements at once. */
  async script(text: string, signal: AbortSignal): Promise<void> {
    await this.#orAbort(this.#client.query(text), signal)
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
}

type Place = Pick<ClientContext, 'node' | 'endpoints' | 'localAddress'>

/** @throws the reason if it cannot connect. */
export const connectTo = async (
  endpoint: Endpoint,
  { localAddress }: Pick<Place, 'localAddress'>,
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

const isStandby = async (session: Session, signal: AbortSignal): Promise<boolean> => {
  const { rows } = await session.ask('SELECT pg_is_in_recovery() AS answer', [], signal)
  return rows[0]?.answer === true
}

/**
 * Tries the nodes one after another, its own first, until one takes itself for the primary: what libpq does with several
 * hosts and `target_session_attrs=primary`.
 *
 * @throws NotSent with what each node answered
 */
export const connectToPrimary = async (place: Place, signal: AbortSignal): Promise<Session> => {
  const { node, endpoints } = place
  const at = endpoints.findIndex((endpoint) => endpoint.node === node.node)
  const reasons: string[] = []
  for (const endpoint of [...endpoints.slice(at), ...endpoints.slice(0, at)]) {
    let session: Session | undefined
    try {
      session = await connectTo(endpoint, place, signal)
      if (!(await isStandby(session, signal))) return session
      reasons.push(`${endpoint.node} is a standby`)
    } catch (error) {
      reasons.push(`${endpoint.node}: ${messageOf(error)}`)
    }
    session?.close()
    if (signal.aborted) break
  }
  throw new NotSent(`not connected to a primary: ${reasons.join('; ')}`)
}
