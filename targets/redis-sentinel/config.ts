/**
 * The configuration files of a node. Redis and Sentinel both rewrite theirs: Sentinel keeps its votes and what it knows in
 * it, and makes a demoted primary write down that it is a replica. So the files are written before the first start only.
 */
import path from 'node:path'
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import { UserError } from '../../harness/support/assert.ts'
import { CLIENT_PORT, SENTINEL_PORT } from '../redis/ports.ts'
import { serverSettings } from '../redis/program.ts'
import type { SentinelOptions } from './options.ts'

/** The name under which the Sentinels monitor the primary. */
export const MONITORED = 'main'

/** Relative to the node's data directory. Each program has a folder of its own. */
export const REDIS_CONF = 'redis/redis.conf'
export const SENTINEL_CONF = 'sentinel/sentinel.conf'

type Plan = ClusterPlan<SentinelOptions>

const folderOf = ({ dataDir }: NodeIdentity, file: string): string =>
  path.posix.join(dataDir, path.posix.dirname(file))

const quoted = (value: string): string => `"${value.replaceAll(/["\\]/g, '\\$&')}"`

/**
 * @param most the number of replicas
 * @throws UserError if no write could ever succeed
 */
const requireReplicas = (option: 'wait' | 'min-replicas-to-write', asked: number, most: number): void => {
  if (Number.isInteger(asked) && asked >= 0 && asked <= most) return
  throw new UserError(
    `${option}=${asked} cannot be met: this cluster has ${most} replicas. Give a whole number from 0 to ${most}, or more --nodes.`,
  )
}

/**
 * A replica notices after 5 s that its primary is silent (Redis's default: 60 s), and a full synchronization starts at
 * once. Both are shortened as the time limits of the Sentinels are.
 */
const replicationSettings = (options: SentinelOptions): Readonly<Record<string, string>> => ({
  'repl-ping-replica-period': '1',
  'repl-timeout': '5',
  'repl-diskless-sync-delay': '0',
  'min-replicas-to-write': String(options['min-replicas-to-write']),
  'min-replicas-max-lag': String(Math.ceil(options['min-replicas-max-lag'] / 1000)),
})

/** @throws UserError if the options do not fit the number of nodes */
export const redisConf = (node: NodeIdentity, { nodes, options }: Plan): string => {
  const [first] = nodes as readonly [NodeIdentity]
  for (const option of ['wait', 'min-replicas-to-write'] as const)
    requireReplicas(option, options[option], nodes.length - 1)
  const settings = {
    ...serverSettings(node.address, folderOf(node, REDIS_CONF), options.appendfsync),
    ...replicationSettings(options),
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${quoted(value)}`)
  const role = node.name === first.name ? [] : [`replicaof ${first.address} ${CLIENT_PORT}`]
  return [...lines, ...role, ''].join('\n')
}

/**
 * The replicas are named as a Sentinel itself writes them down. It would find them by asking the primary, but asks only
 * every 10 s, and cannot fail over before.
 */
export const sentinelConf = (node: NodeIdentity, { nodes, options }: Plan): string => {
  const [first, ...replicas] = nodes as readonly [NodeIdentity, ...NodeIdentity[]]
  const quorum = Math.floor(nodes.length / 2) + 1
  return [
    `bind ${node.address}`,
    `port ${SENTINEL_PORT}`,
    `dir ${quoted(folderOf(node, SENTINEL_CONF))}`,
    'protected-mode no',
    'daemonize no',
    `sentinel monitor ${MONITORED} ${first.address} ${CLIENT_PORT} ${quorum}`,
    `sentinel down-after-milliseconds ${MONITORED} ${options['down-after']}`,
    `sentinel failover-timeout ${MONITORED} ${options['failover-timeout']}`,
    `sentinel parallel-syncs ${MONITORED} 1`,
    ...replicas.map(({ address }) => `sentinel known-replica ${MONITORED} ${address} ${CLIENT_PORT}`),
    '',
  ].join('\n')
}
