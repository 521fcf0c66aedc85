/** What a server tells of itself by its monitoring endpoints (https://docs.nats.io/running-a-nats-service/nats_admin/monitoring). */
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { JsonHttp } from '../http.ts'
import { MONITOR_PORT } from './ports.ts'

/** Connections of their own: a request that is given up ends its connection, and with it whatever else waits there. */
const forReadiness = new JsonHttp()
const forStatus = new JsonHttp()

/** A Raft group as `/raftz` tells it. Servers are named by ids. */
export interface RaftGroup {
  readonly id: string
  readonly state: string
  readonly leader?: string
  readonly term: number
  readonly peers?: Readonly<Record<string, { readonly name: string }>>
}

export interface StreamDetail {
  readonly created: string
  readonly stream_raft_group?: string
}

/** `/jsz`, with the streams of an account. */
export interface JetStreamState {
  readonly meta_cluster?: { readonly leader?: string }
  readonly account_details?: readonly { readonly stream_detail?: readonly StreamDetail[] }[]
}

export type RaftGroups = Readonly<Record<string, Readonly<Record<string, RaftGroup>>>>

const SYSTEM = '$SYS'
const META = '_meta_'
/** The account of clients that name none. */
const GLOBAL = '$G'

const get = async <T>(
  http: JsonHttp,
  { address }: Endpoint,
  path: string,
  signal: AbortSignal,
): Promise<T> => {
  const result = await http.request(`http://${address}:${MONITOR_PORT}`, 'GET', path, undefined, signal)
  if (result.type !== 'response') throw new Error(result.error)
  if (result.status !== 200) throw new Error(`status ${result.status}`)
  return result.body as T
}

/** The Raft group of the newest stream: with a stream for each object, clients use that one. Before there is any, that of all streams' names. */
const groupOf = (groups: RaftGroups, { account_details }: JetStreamState): RaftGroup | undefined => {
  const streams = (account_details ?? []).flatMap(({ stream_detail }) => stream_detail ?? [])
  const [newest] = streams.toSorted((a, b) => b.created.localeCompare(a.created))
  const name = newest?.stream_raft_group
  const ofStream = name === undefined ? undefined : groups[GLOBAL]?.[name]
  return ofStream ?? groups[SYSTEM]?.[META]
}

const ROLES: Readonly<Record<string, NodeStatus['role']>> = {
  LEADER: 'leader',
  FOLLOWER: 'follower',
  CANDIDATE: 'candidate',
}

export const statusFrom = (
  node: string,
  version: string,
  groups: RaftGroups,
  state: JetStreamState,
): NodeStatus => {
  const meta = groups[SYSTEM]?.[META]
  const group = groupOf(groups, state)
  // A server alone has no Raft groups.
  if (meta === undefined || group === undefined)
    return { role: 'leader', leader: node, members: [node], version }
  const names: Readonly<Record<string, string>> = {
    [meta.id]: node,
    ...Object.fromEntries(Object.entries(meta.peers ?? {}).map(([id, { name }]) => [id, name])),
  }
  const leader =
    group.leader === undefined || group.leader === '' ? null : (names[group.leader] ?? group.leader)
  return {
    role: ROLES[group.state] ?? 'unknown',
    term: group.term,
    leader,
    members: Object.values(names).toSorted(),
    version,
  }
}

export const statusOf = async (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
  const [groups, state, { version }] = await Promise.all([
    get<RaftGroups>(forStatus, node, '/raftz', signal).catch(() => ({})),
    get<JetStreamState>(forStatus, node, '/jsz?acc=$G&streams=true&raft=true&limit=1024', signal),
    get<{ version: string }>(forStatus, node, '/varz', signal),
  ])
  return statusFrom(node.node, version, groups, state)
}

/**
 * It knows a leader of all streams' names, and is up to date with each of its streams and consumers: `/healthz` looks at all of
 * them, and fails if one has no leader or the server is behind.
 */
export const isReady = async (node: Endpoint, signal: AbortSignal): Promise<boolean> => {
  const { status } = await get<{ status: string }>(forReadiness, node, '/healthz', signal)
  if (status !== 'ok') return false
  const { meta_cluster } = await get<JetStreamState>(forReadiness, node, '/jsz', signal)
  return meta_cluster === undefined || (meta_cluster.leader ?? '') !== ''
}
