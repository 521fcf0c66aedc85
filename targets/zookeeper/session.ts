/**
 * A session with one ZooKeeper server. Its connection binds the client's address. If the connection is lost, the next request
 * makes another one to the same server and continues the session, with the last transaction that was seen: a server that is
 * behind it refuses. No request is ever sent twice. If the session has expired, the next request begins a new one.
 *
 * It is written here because no library on npm does this: `node-zookeeper-client` binds no address, has no `sync`, and queues
 * requests while it reconnects by itself; `zookeeper` binds the C client, which has its own thread, and no address either.
 *
 * Source: ZooKeeper 3.8, `ClientCnxn`; Programmer's Guide, "ZooKeeper Sessions".
 */
import net from 'node:net'
import { messageOf } from '../../harness/support/assert.ts'
import { CODES, isDefinite, nameOf } from './errors.ts'
import { FrameReader, framed, JuteReader, JuteWriter } from './jute.ts'
import { CLIENT_PORT } from './ports.ts'
import type { Request } from './requests.ts'

/**
 * - `unsent`: it was never sent;
 * - `refused`: the answer proves that it changed nothing;
 * - `doubt`: it was sent, and may have been applied.
 */
export type Trouble = 'unsent' | 'refused' | 'doubt'

export class RequestError extends Error {
  readonly trouble: Trouble
  /** ZooKeeper's code, if it answered. */
  readonly code: number | null

  constructor(trouble: Trouble, message: string, code: number | null = null) {
    super(message)
    this.trouble = trouble
    this.code = code
  }
}

export interface Answered<Answer> {
  readonly answer: Answer
  /** The last transaction that the server had applied. */
  readonly zxid: bigint
}

interface Reply {
  readonly zxid: bigint
  readonly error: number
  readonly body: JuteReader
}

interface Pending {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: RequestError) => void
}

export interface SessionOptions {
  readonly address: string
  /** The source address. Undefined: any. */
  readonly localAddress: string | undefined
  /** How long it outlives its connection. The server may grant another time. */
  readonly timeoutMs: number
}

const XIDS = { ping: -2, notification: -1 } as const
const OP_PING = 11
const NO_PASSWORD = Buffer.alloc(16)
const PING = framed(new JuteWriter().int(XIDS.ping).int(OP_PING).finish())

class SessionExpired extends Error {}

export class Session implements AsyncDisposable {
  readonly #options: SessionOptions
  readonly #pending = new Map<number, Pending>()
  #socket: net.Socket | null = null
  #pings: NodeJS.Timeout | undefined
  #id = 0n
  #password: Buffer = NO_PASSWORD
  #seen = 0n
  #grantedMs: number
  #xid = 0

  constructor(options: SessionOptions) {
    this.#options = options
    this.#grantedMs = options.timeoutMs
  }

  /** What the server granted, in milliseconds. */
  get timeoutMs(): number {
    return this.#grantedMs
  }

  /** Rejects with the reason if there is no connection and none can be made. */
  async connect(signal: AbortSignal): Promise<void> {
    if (this.#socket !== null) return
    await this.#open(signal).catch((error: unknown) => {
      if (!(error instanceof SessionExpired)) throw error
      this.#id = 0n
      this.#password = NO_PASSWORD
      return this.#open(signal)
    })
  }

  /** @throws RequestError if there is no answer, or an error as the answer */
  async send<Answer>(request: Request<Answer>, signal: AbortSignal): Promise<Answered<Answer>> {
    await this.connect(signal).catch((error: unknown) => {
      throw new RequestError('unsent', `not connected: ${messageOf(error)}`)
    })
    if (this.#socket === null || signal.aborted) throw new RequestError('unsent', 'not connected in time')
    const { zxid, error, body } = await this.#exchange(this.#socket, request, signal)
    if (zxid > this.#seen) this.#seen = zxid
    if (error === 0) return { answer: request.read(body), zxid }
    if (error === CODES.sessionExpired || error === CODES.sessionMoved) this.#drop()
    throw new RequestError(isDefinite(error) ? 'refused' : 'doubt', nameOf(error), error)
  }

  #exchange(socket: net.Socket, { op, body }: Request<unknown>, signal: AbortSignal): Promise<Reply> {
    const xid = ++this.#xid
    return new Promise((resolve, reject) => {
      // A server that did not answer in time is asked again only on a new connection.
      const give = (): void => this.#drop()
      signal.addEventListener('abort', give, { once: true })
      const done = (): void => {
        signal.removeEventListener('abort', give)
        this.#pending.delete(xid)
      }
      this.#pending.set(xid, {
        resolve: (reply) => {
          done()
          resolve(reply)
        },
        reject: (error) => {
          done()
          reject(error)
        },
      })
      socket.write(framed(new JuteWriter().int(xid).int(op).record(body).finish()))
    })
  }

  /** Rejects with SessionExpired, or with the reason why there is no connection. */
  #open(signal: AbortSignal): Promise<void> {
    const { address, localAddress } = this.#options
    const socket = net.connect({
      host: address,
      port: CLIENT_PORT,
      noDelay: true,
      ...(localAddress === undefined ? {} : { localAddress }),
    })
    const frames = new FrameReader()
    const opened = Promise.withResolvers<void>()
    let reason = 'the server closed the connection'
    const give = (): void => {
      reason = 'no session in time'
      socket.destroy()
    }
    signal.addEventListener('abort', give, { once: true })
    if (signal.aborted) give()
    socket.on('connect', () => socket.write(this.#hello()))
    socket.on('error', (error) => {
      reason = error.message
    })
    socket.on('data', (bytes) => {
      for (const frame of frames.take(bytes)) {
        if (this.#socket === socket) this.#receive(frame)
        else this.#welcome(socket, frame, opened)
      }
    })
    socket.on('close', () => {
      if (this.#socket === socket) this.#lost(reason)
      opened.reject(new Error(reason))
    })
    return opened.promise.finally(() => signal.removeEventListener('abort', give))
  }

  #hello(): Buffer {
    const request = new JuteWriter().int(0).long(this.#seen).int(this.#options.timeoutMs)
    return framed(request.long(this.#id).bytes(this.#password).bool(false).finish())
  }

  /** The first frame of a connection. A session that has expired is granted no time. */
  #welcome(socket: net.Socket, frame: Buffer, opened: PromiseWithResolvers<void>): void {
    const answer = new JuteReader(frame)
    answer.int()
    const grantedMs = answer.int()
    const id = answer.long()
    if (grantedMs <= 0) {
      opened.reject(new SessionExpired('the session has expired'))
      socket.destroy()
      return
    }
    this.#id = id
    this.#password = Buffer.from(answer.bytes())
    this.#grantedMs = grantedMs
    this.#socket = socket
    this.#pings = setInterval(() => socket.write(PING), grantedMs / 3).unref()
    opened.resolve()
  }

  #receive(frame: Buffer): void {
    const answer = new JuteReader(frame)
    const xid = answer.int()
    const zxid = answer.long()
    const error = answer.int()
    if (xid === XIDS.ping || xid === XIDS.notification) return
    this.#pending.get(xid)?.resolve({ zxid, error, body: answer })
  }

  #drop(): void {
    this.#socket?.destroy()
    this.#lost('no answer in time')
  }

  #lost(reason: string): void {
    this.#socket = null
    clearInterval(this.#pings)
    for (const { reject } of [...this.#pending.values()])
      reject(new RequestError('doubt', `connection lost: ${reason}`))
  }

  /** Ends the connection as a crashed client would. The session ends by its timeout. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#drop()
  }
}
