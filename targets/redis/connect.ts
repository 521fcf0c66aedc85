/** One connection to a Redis server or a Sentinel. It does not reconnect or queue commands, so nothing is sent twice or late. */
import { createClient } from '@redis/client'

const CONNECT_TIMEOUT_MS = 2000

export interface Peer {
  readonly address: string
  readonly port: number
  /** Undefined: any source address. */
  readonly localAddress: string | undefined
}

/**
 * Without the library's own time limit: a timer that runs for five seconds for each command, however soon it is answered.
 * The signal of each call ends its wait.
 */
const makeTemplate = () =>
  createClient({ disableOfflineQueue: true, disableClientInfo: true, commandOptions: { timeout: 0 } })

export type RedisClient = ReturnType<typeof makeTemplate>

let template: RedisClient | null = null

/**
 * A copy of one client that never connects. The library compiles a class of all commands for each client with options other
 * than the last one's, the address included: about 30 ms of processor time.
 */
const clientFor = ({ address, port, localAddress }: Peer): RedisClient => {
  template ??= makeTemplate()
  return template.duplicate({
    socket: {
      host: address,
      port,
      ...(localAddress === undefined ? {} : { localAddress }),
      reconnectStrategy: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
    },
  })
}

/** Closing it twice is harmless. */
export const close = (client: RedisClient): void => client.destroy()

/** A client that was closed while it was connecting may say that it is ready, and still refuses every command. */
export const canSendOn = (client: RedisClient): boolean => client.isOpen && client.isReady

/** The client's own error would be that it was closed. */
const errorUnder = (signal: AbortSignal, error: unknown): unknown =>
  signal.aborted ? new Error('no answer in time', { cause: error }) : error

/** @throws the error of the socket if it cannot connect. */
export const connect = async (peer: Peer, signal: AbortSignal): Promise<RedisClient> => {
  const client = clientFor(peer)
  // The promise of each command reports its error. Without a listener Node would end the process.
  client.on('error', () => {})
  const abort = (): void => close(client)
  try {
    signal.throwIfAborted()
    signal.addEventListener('abort', abort, { once: true })
    await client.connect()
    signal.throwIfAborted()
    return client
  } catch (error) {
    // If it was closed at the wrong moment, its socket has been opened all the same.
    close(client)
    throw errorUnder(signal, error)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * A connection that is made when it is needed, and made again for a later call if it is broken. No command is sent twice.
 */
export class Line {
  readonly #peer: Peer
  readonly #isIdle: boolean
  #client: RedisClient | null = null

  /** @param isIdle whether it does not keep the process running */
  constructor(peer: Peer, isIdle = false) {
    this.#peer = peer
    this.#isIdle = isIdle
  }

  /** @throws the error of the socket if it cannot connect. */
  async open(signal: AbortSignal): Promise<RedisClient> {
    const known = this.#usable()
    if (known !== null) return known
    this.close()
    const client = await connect(this.#peer, signal)
    if (this.#isIdle) client.unref()
    // Another call may have connected meanwhile, and may be using its connection.
    const other = this.#usable()
    if (other === null) this.#client = client
    else close(client)
    return other ?? client
  }

  #usable(): RedisClient | null {
    return this.#client !== null && canSendOn(this.#client) ? this.#client : null
  }

  /**
   * Sends commands one after another, without waiting, and returns their answers.
   *
   * @throws the first error reply, or the error of the socket; also if the signal is aborted: then the connection is closed
   */
  async ask<const Commands extends readonly (readonly string[])[]>(
    commands: Commands,
    signal: AbortSignal,
  ): Promise<{ readonly [At in keyof Commands]: unknown }> {
    const client = await this.open(signal)
    const abort = (): void => close(client)
    signal.addEventListener('abort', abort, { once: true })
    try {
      const answers = await Promise.all(commands.map((args) => client.sendCommand([...args])))
      return answers as { readonly [At in keyof Commands]: unknown }
    } catch (error) {
      throw errorUnder(signal, error)
    } finally {
      signal.removeEventListener('abort', abort)
    }
  }

  close(): void {
    if (this.#client !== null) close(this.#client)
    this.#client = null
  }
}

/** Sends commands on a connection of their own: see `Line.ask`. */
export const ask = async <const Commands extends readonly (readonly string[])[]>(
  peer: Peer,
  commands: Commands,
  signal: AbortSignal,
): Promise<{ readonly [At in keyof Commands]: unknown }> => {
  const line = new Line(peer)
  try {
    return await line.ask(commands, signal)
  } finally {
    line.close()
  }
}
