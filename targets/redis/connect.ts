/** One connection to a Redis server: no reconnecting, no queue while it is down, so that nothing is sent twice or late. */
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

/** @throws the error of the socket where no connection comes about. */
export const connect = async (
  address: string,
  localAddress: string | undefined,
  signal: AbortSignal,
): Promise<RedisClient> => {
  const client = clientFor(address, localAddress)
  // Each command's own promise tells; without a listener Node would end the process.
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
