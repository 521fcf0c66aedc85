/** One connection to a Redis server or a Sentinel. It does not reconnect or queue commands, so nothing is sent twice or late. */
import { createClient } from '@redis/client'

const CONNECT_TIMEOUT_MS = 2000

export interface Peer {
  readonly address: string
  readonly port: number
  /** Undefined: any source address. */
  readonly localAddress: string | undefined
}

const clientFor = ({ address, port, localAddress }: Peer) =>
  createClient({
    socket: {
      host: address,
      port,
      ...(localAddress === undefined ? {} : { localAddress }),
      reconnectStrategy: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
    },
    disableOfflineQueue: true,
    disableClientInfo: true,
  })

export type RedisClient = ReturnType<typeof clientFor>

export const close = (client: RedisClient): void => {
  if (client.isOpen) client.destroy()
}

/** The client's own error would be that it was closed. */
const errorUnder = (signal: AbortSignal, error: unknown): unknown =>
  signal.aborted ? new Error('no answer in time', { cause: error }) : error

/** @throws the error of the socket if it cannot connect. */
export const connect = async (peer: Peer, signal: AbortSignal): Promise<RedisClient> => {
  const client = clientFor(peer)
  // The promise of each command reports its error. Without a listener Node would end the process.
  client.on('error', () => {})
  const abort = (): void => client.destroy()
  try {
    signal.throwIfAborted()
    signal.addEventListener('abort', abort, { once: true })
    await client.connect()
    return client
  } catch (error) {
    throw errorUnder(signal, error)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/**
 * Sends commands on a connection of their own and returns their answers.
 *
 * @throws the first error reply, or the error of the socket; also if the signal is aborted
 */
export const ask = async <const Commands extends readonly (readonly string[])[]>(
  peer: Peer,
  commands: Commands,
  signal: AbortSignal,
): Promise<{ readonly [At in keyof Commands]: unknown }> => {
  const client = await connect(peer, signal)
  const abort = (): void => close(client)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const answers = await Promise.all(commands.map((args) => client.sendCommand([...args])))
    return answers as { readonly [At in keyof Commands]: unknown }
  } catch (error) {
    throw errorUnder(signal, error)
  } finally {
    signal.removeEventListener('abort', abort)
    close(client)
  }
}
