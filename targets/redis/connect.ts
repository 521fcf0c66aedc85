/** One connection to a Redis server. It does not reconnect or queue commands, so nothing is sent twice or late. */
import { createClient } from '@redis/client'
import { CLIENT_PORT } from './ports.ts'

const CONNECT_TIMEOUT_MS = 2000

const clientFor = (address: string, localAddress: string | undefined) =>
  createClient({
    socket: {
      host: address,
      port: CLIENT_PORT,
      ...(localAddress === undefined ? {} : { localAddress }),
      reconnectStrategy: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
    },
    disableOfflineQueue: true,
    disableClientInfo: true,
  })

export type RedisClient = ReturnType<typeof clientFor>

/** @throws the error of the socket if it cannot connect. */
export const connect = async (
  address: string,
  localAddress: string | undefined,
  signal: AbortSignal,
): Promise<RedisClient> => {
  const client = clientFor(address, localAddress)
  // The promise of each command reports its error. Without a listener Node would end the process.
  client.on('error', () => {})
  const close = (): void => client.destroy()
  signal.addEventListener('abort', close, { once: true })
  try {
    await client.connect()
    return client
  } finally {
    signal.removeEventListener('abort', close)
  }
}
