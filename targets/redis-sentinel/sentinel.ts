/** What a Sentinel and a Redis server say about the primary. */
import type { Endpoint } from '../../harness/api/client.ts'
import { messageOf } from '../../harness/support/assert.ts'
import { ask, type Peer } from '../redis/connect.ts'
import { CLIENT_PORT, SENTINEL_PORT } from '../redis/ports.ts'
import { MONITORED } from './config.ts'

export const redisAt = (address: string, localAddress?: string): Peer => ({
  address,
  port: CLIENT_PORT,
  localAddress,
})

export const sentinelAt = (address: string, localAddress?: string): Peer => ({
  address,
  port: SENTINEL_PORT,
  localAddress,
})

/** `SENTINEL MASTER`: one reply, so all of it is from one instant. */
export interface View {
  /** Of the primary. */
  readonly address: string
  /** The configuration epoch: each failover gets one of its own by a vote of the majority. */
  readonly epoch: number
  readonly replicas: number
  readonly otherSentinels: number
  /** Such as `master`, `s_down`, `o_down`, `failover_in_progress`. */
  readonly flags: readonly string[]
}

export const parseView = (reply: unknown): View => {
  const fields = reply as Readonly<Record<string, string>>
  return {
    address: fields.ip as string,
    epoch: Number(fields['config-epoch']),
    replicas: Number(fields['num-slaves']),
    otherSentinels: Number(fields['num-other-sentinels']),
    flags: (fields.flags as string).split(','),
  }
}

export const VIEW = ['SENTINEL', 'MASTER', MONITORED] as const

/**
 * The Sentinel that carries out a failover learns the new epoch before it names the new primary. Until then, its address
 * and its epoch do not belong together.
 */
export const isSettled = ({ flags }: View): boolean => !flags.includes('failover_in_progress')

/** Time for one Sentinel: "a few hundreds of milliseconds" ("Guidelines for Redis clients with support for Sentinel"). */
const SENTINEL_TIMEOUT_MS = 400

/**
 * The primary's address, by the first Sentinel that answers. The client's own node is asked first.
 *
 * @throws if none of them names a primary
 */
export const findPrimary = async (
  own: Endpoint,
  endpoints: readonly Endpoint[],
  localAddress: string | undefined,
  signal: AbortSignal,
): Promise<string> => {
  const errors: string[] = []
  const others = endpoints.filter(({ node }) => node !== own.node)
  for (const { node, address } of [own, ...others]) {
    try {
      const [named] = await ask(
        sentinelAt(address, localAddress),
        [['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MONITORED]],
        AbortSignal.any([signal, AbortSignal.timeout(SENTINEL_TIMEOUT_MS)]),
      )
      if (named !== null) return (named as readonly [string, string])[0]
      errors.push(`${node} knows of none`)
    } catch (error) {
      errors.push(`${node}: ${messageOf(error)}`)
    }
    if (signal.aborted) break
  }
  throw new Error(`no Sentinel names a primary: ${errors.join('; ')}`)
}
