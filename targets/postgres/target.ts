/** PostgreSQL 15 with standbys; Patroni 3.0 decides who is the primary, through etcd. All as Debian ships them. */
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { JsonHttp } from '../http.ts'
import { lacksSink, sinksOf } from '../sink/service.ts'
import { claimsOf } from './claims.ts'
import { postgresClients } from './client.ts'
import { postgresOptions } from './options.ts'
import { launchNode, PROGRAMS } from './patroni.ts'
import { REST_PORT } from './ports.ts'

const control = new JsonHttp()

/** `GET /patroni` (Patroni's documentation, "Patroni REST API"). */
interface PatroniStatus {
  readonly state?: string
  /** `master` or `replica`, by what PostgreSQL says. */
  readonly role?: string
  readonly timeline?: number | null
  readonly xlog?: { readonly location?: number; readonly replayed_location?: number }
  /** As 150018. */
  readonly server_version?: number
  /** There is no leader. */
  readonly cluster_unlocked?: boolean
}

const RUNNING = 'running'

const ask = async ({ address }: Endpoint, signal: AbortSignal): Promise<PatroniStatus> => {
  const result = await control.request(`http://${address}:${REST_PORT}`, 'GET', '/patroni', undefined, signal)
  if (result.type !== 'response') throw new Error(result.error)
  return result.body as PatroniStatus
}

const versionOf = (server: number): string => `${Math.floor(server / 10_000)}.${server % 10_000}`

const statusOf = async (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
  const { state, role, timeline, xlog, server_version: version } = await ask(node, signal)
  const position = xlog?.location ?? xlog?.replayed_location
  const isPrimary = state === RUNNING && role === 'master'
  return {
    role: isPrimary ? 'leader' : state === RUNNING && role === 'replica' ? 'follower' : 'unknown',
    ...(isPrimary ? { leader: node.node } : {}),
    ...(typeof timeline === 'number' ? { term: timeline } : {}),
    ...(position === undefined ? {} : { appliedIndex: position }),
    ...(version === undefined ? {} : { version: versionOf(version) }),
  }
}

export const postgres = defineTarget({
  name: 'postgres',
  description: 'PostgreSQL 15 with standbys and failover by Patroni 3 on etcd, as Debian ships them',
  options: postgresOptions,
  nodes: { default: 3, min: 1 },
  bugs: [],
  image: 'postgres',
  programs: PROGRAMS,
  claims: claimsOf,
  services: ({ sink }) => sinksOf(sink),
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: postgresClients,
  launch: launchNode,
  ready: async (node, signal) => {
    const { state, cluster_unlocked: hasNoLeader = false } = await ask(node, signal)
    return state === RUNNING && !hasNoLeader
  },
  status: statusOf,
  // PostgreSQL refuses root, and only root can start programs as others.
  requires: { root: true },
})
