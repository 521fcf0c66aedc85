/**
 * One connection to a node, with one channel on which the server confirms what is published. It never reconnects, and
 * nothing is sent twice.
 */
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib'
import { PASSWORD, USER, VHOST } from './cluster.ts'
import { AMQP_PORT } from './ports.ts'

export type { ConfirmChannel, GetMessage } from 'amqplib'

const CONNECT_TIMEOUT_MS = 2000
/** RabbitMQ's guide to heartbeats calls less than this likely to fail without a reason. */
const HEARTBEAT_S = 5

export class Link {
  readonly channel: ConfirmChannel
  readonly #connection: ChannelModel
  readonly #end: AbortController
  #isOpen = true
  #closing: string | null = null

  constructor(connection: ChannelModel, channel: ConfirmChannel, end: AbortController) {
    this.#connection = connection
    this.channel = channel
    this.#end = end
    const close = (why?: Error): void => {
      this.#isOpen = false
      this.#closing ??= why?.message ?? null
    }
    connection.on('close', close)
    channel.on('close', () => close())
    // An event `error` without a listener would be thrown.
    connection.on('error', close)
    channel.on('error', close)
  }

  /** Whether calls can still be sent. The server closes a channel on which a call failed. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Why the connection or its channel was closed, in words of the server or the socket; null: nobody said why. */
  get closing(): string | null {
    return this.#closing
  }

  /** What the server says about itself, such as `version` and `cluster_name`. */
  get server(): Readonly<Record<string, unknown>> {
    return this.#connection.connection.serverProperties
  }

  /** Ends the connection at once, whatever is under way. The server gives back to the queues what was not acknowledged. */
  cut(): void {
    this.#isOpen = false
    this.#end.abort()
  }
}

const open = async (
  address: string,
  localAddress: string | undefined,
  end: AbortController,
): Promise<Link> => {
  const connection = await connect(
    {
      protocol: 'amqp',
      hostname: address,
      port: AMQP_PORT,
      username: USER,
      password: PASSWORD,
      vhost: VHOST,
      heartbeat: HEARTBEAT_S,
    },
    {
      noDelay: true,
      timeout: CONNECT_TIMEOUT_MS,
      ...(localAddress === undefined ? {} : { localAddress }),
      // The library passes this on to the socket, which it ends.
      ...{ signal: end.signal },
    },
  )
  connection.on('error', () => {})
  return new Link(connection, await connection.createConfirmChannel(), end)
}

/** @throws the error of the socket or the server, or what aborted the signal, if it cannot connect. */
export const openLink = async (
  address: string,
  localAddress: string | undefined,
  signal: AbortSignal,
): Promise<Link> => {
  const end = new AbortController()
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(new Error('no connection in time'))
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const opening = open(address, localAddress, end)
  opening.catch(() => {})
  aborted.promise.catch(() => {})
  try {
    return await Promise.race([opening, aborted.promise])
  } catch (error) {
    end.abort()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
