/**
 * PostgreSQL 15 with standbys; Patroni 3.0 decides who is the primary, through etcd. All as Debian ships them. Or a single
 * server in another version.
 */
import type { Endpoint } from '../../harness/api/client.ts'
import type { ClusterPlan, LaunchSpec, NodeIdentity, NodeStatus } from '../../harness/api/target.ts'
import { messageOf, UserError } from '../../harness/support/assert.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { JsonHttp } from '../http.ts'
import { lacksSink, sinksOf } from '../sink/service.ts'
import { claimsOf } from './claims.ts'
import { postgresClients } from './client.ts'
import { type PostgresOptions, postgresOptions } from './options.ts'
import { launchNode } from './patroni.ts'
import { REST_PORT } from './ports.ts'
import { launchSingle, setUpSingle, statusOfSingle } from './single.ts'
import { isSingle, majorOf, programsOf } from './versions.ts'

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

/** A single server has nothing at Patroni's port, and says what it is. */
const isRefused = (error: unknown): boolean => messageOf(error).includes('ECONNREFUSED')

const versionOf = (server: number): string => `${Math.floor(server / 10_000)}.${server % 10_000}`

const statusOfPatroni = async (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
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

const statusOf = (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> =>
  statusOfPatroni(node, signal).catch((error: unknown) => {
    if (!isRefused(error)) throw error
    return statusOfSingle(node, signal)
  })

const isReady = async (node: Endpoint, signal: AbortSignal): Promise<boolean> => {
  try {
    const { state, cluster_unlocked: hasNoLeader = false } = await ask(node, signal)
    return state === RUNNING && !hasNoLeader
  } catch (error) {
    if (!isRefused(error)) throw error
    return (await statusOfSingle(node, signal)).role === 'leader'
  }
}

/** @throws UserError if it needs a single server */
const launch = (
  node: NodeIdentity,
  plan: ClusterPlan<PostgresOptions>,
  program: (name: string) => string,
): LaunchSpec => {
  const { version, reindex, claim, upsert } = plan.options
  if (upsert === 'merge' && majorOf(version) < 15)
    throw new UserError(
      `PostgreSQL ${version} has no MERGE: choose version 15 or later, or upsert=on-conflict.`,
    )
  if (isSingle(version)) return launchSingle(node, plan, program)
  if (reindex !== 'none')
    throw new UserError('The option `reindex` needs a single server: choose a version, such as 14.5.')
  // A refusal that writes nothing would not wait for the standby.
  if (claim !== 'row-lock')
    throw new UserError('The option `claim` needs a single server: choose a version, such as 17.7.')
  return launchNode(node, plan, program)
}

export const postgres = defineTarget({
  name: 'postgres',
  description:
    'PostgreSQL 15 with standbys and failover by Patroni 3 on etcd, as Debian ships them, or a single server in versions 12 to 18',
  options: postgresOptions,
  nodes: { default: 3, min: 1 },
  bugs: [],
  image: 'postgres',
  programs: programsOf,
  claims: claimsOf,
  services: ({ sink }) => sinksOf(sink),
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: postgresClients,
  launch,
  ready: isReady,
  setUp: async ([node], options, signal) => {
    if (node !== undefined && isSingle(options.version)) await setUpSingle(node, options, signal)
  },
  status: statusOf,
  // PostgreSQL refuses root, and only root can start programs as others.
  requires: { root: true },
})
