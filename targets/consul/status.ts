/** What an agent says of itself (`/v1/agent/self`), and whether it serves. */
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { JsonHttp } from '../http.ts'
import { HTTP_PORT } from './ports.ts'

/** Connections of their own: a request that is given up ends its connection, and with it whatever else waits there. */
const forReadiness = new JsonHttp()
const forStatus = new JsonHttp()

/** Numbers are texts. */
export interface Self {
  readonly Config: { readonly Version: string }
  readonly Stats: {
    readonly consul?: { readonly leader_addr?: string }
    readonly raft?: Readonly<Record<string, string>>
  }
}

const get = async (
  http: JsonHttp,
  { address }: Endpoint,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const result = await http.request(`http://${address}:${HTTP_PORT}`, 'GET', path, null, signal)
  if (result.type !== 'response') throw new Error(result.error)
  return result
}

const ROLES: Readonly<Record<string, NodeStatus['role']>> = {
  Leader: 'leader',
  Follower: 'follower',
  Candidate: 'candidate',
}

export const statusFrom = ({ Config, Stats }: Self, node: Endpoint): NodeStatus => {
  const raft = Stats.raft ?? {}
  const leader = Stats.consul?.leader_addr ?? ''
  const role = ROLES[raft.state ?? ''] ?? 'unknown'
  const numbers = {
    term: Number(raft.term),
    appliedIndex: Number(raft.applied_index),
    commitIndex: Number(raft.commit_index),
    snapshotIndex: Number(raft.last_snapshot_index),
  }
  return {
    role,
    // It knows the others by their addresses alone.
    ...(role === 'leader' ? { leader: node.node } : leader === '' ? { leader: null } : {}),
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isSafeInteger(value))),
    version: Config.Version,
  }
}

export const statusOf = async (node: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
  const { status, body } = await get(forStatus, node, '/v1/agent/self', signal)
  if (status !== 200) throw new Error(`status ${status}`)
  return statusFrom(body as Self, node)
}

/** It answers a consistent read of a key that does not exist, so it knows a leader that a majority follows. */
export const isReady = async (node: Endpoint, signal: AbortSignal): Promise<boolean> => {
  const { status } = await get(forReadiness, node, '/v1/kv/ready?consistent', signal)
  return status === 404
}
