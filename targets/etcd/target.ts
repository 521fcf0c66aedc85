/** etcd in any version, in containers or as plain processes. */
import type { ClusterPlan, NodeIdentity, NodeStatus } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { JsonHttp } from '../http.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { lacksSink, sinksOf } from '../sink/service.ts'
import { etcdClients } from './client.ts'
import { digestsAt } from './hash.ts'
import { type EtcdOptions, etcdOptions } from './options.ts'
import { CLIENT_PORT, PEER_PORT } from './ports.ts'
import { etcdSource } from './versions.ts'

const control = new JsonHttp()

interface StatusResponse {
  readonly header?: { readonly member_id?: string; readonly revision?: string }
  readonly version?: string
  readonly leader?: string
  readonly raftTerm?: string
  readonly raftIndex?: string
  readonly raftAppliedIndex?: string
}

interface MemberList {
  readonly members?: readonly { readonly ID: string; readonly name?: string }[]
}

const post = async <T>(address: string, path: string, signal: AbortSignal): Promise<T> => {
  const result = await control.request(`http://${address}:${CLIENT_PORT}`, 'POST', path, {}, signal)
  if (result.type !== 'response') throw new Error(result.error)
  if (result.status !== 200) throw new Error(`status ${result.status}`)
  return result.body as T
}

/** Member ids of an address never change in a run, so each node is asked once. */
const memberNames = new Map<string, ReadonlyMap<string, string>>()

const namesAt = async (address: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
  const known = memberNames.get(address)
  if (known !== undefined) return known
  const list = await post<MemberList>(address, '/v3/cluster/member/list', signal)
  const names = new Map((list.members ?? []).map(({ ID, name }) => [ID, name ?? '']))
  if ([...names.values()].every((name) => name !== '')) memberNames.set(address, names)
  return names
}

const statusOf = async (address: string, signal: AbortSignal): Promise<NodeStatus> => {
  const status = await post<StatusResponse>(address, '/v3/maintenance/status', signal)
  const [names, digests] = await Promise.all([
    namesAt(address, signal),
    digestsAt(control, address, Number(status.header?.revision ?? 0), signal),
  ])
  const leader =
    status.leader === undefined || status.leader === '0' ? null : (names.get(status.leader) ?? status.leader)
  return {
    role: leader === null ? 'candidate' : status.leader === status.header?.member_id ? 'leader' : 'follower',
    term: Number(status.raftTerm ?? 0),
    leader,
    appliedIndex: Number(status.raftAppliedIndex ?? 0),
    commitIndex: Number(status.raftIndex ?? 0),
    ...digests,
    members: [...names.values()],
    ...(status.version === undefined ? {} : { version: status.version }),
  }
}

const argvOf = (node: NodeIdentity, plan: ClusterPlan<EtcdOptions>, program: string): readonly string[] => {
  const { 'snapshot-count': snapshots } = plan.options
  const peer = (address: string): string => `http://${address}:${PEER_PORT}`
  const client = (address: string): string => `http://${address}:${CLIENT_PORT}`
  return [
    program,
    '--name',
    node.name,
    '--data-dir',
    `${node.dataDir}/etcd`,
    '--listen-peer-urls',
    peer(node.address),
    '--initial-advertise-peer-urls',
    peer(node.address),
    '--listen-client-urls',
    client(node.address),
    '--advertise-client-urls',
    client(node.address),
    '--initial-cluster',
    plan.nodes.map(({ name, address }) => `${name}=${peer(address)}`).join(','),
    '--initial-cluster-state',
    'new',
    '--initial-cluster-token',
    'faultline',
    '--heartbeat-interval',
    String(plan.options.heartbeat),
    '--election-timeout',
    String(plan.options['election-timeout']),
    '--logger',
    'zap',
    '--log-outputs',
    'stderr',
    ...(snapshots === 0 ? [] : ['--snapshot-count', String(snapshots)]),
  ]
}

const readsClaimed = ({ reads }: EtcdOptions): 'linearizable' | 'consistent-prefix' =>
  reads === 'serializable' ? 'consistent-prefix' : 'linearizable'

export const etcd = defineTarget({
  name: 'etcd',
  description: 'etcd, as Debian ships it (3.4) or in another version, through its JSON gateway',
  options: etcdOptions,
  nodes: { default: 3, min: 1 },
  bugs: [],
  mistakes: [
    { option: 'election-timeout', value: 5000 },
    { option: 'heartbeat', value: 20 },
  ],
  image: 'etcd',
  programs: ({ version }) => ({ etcd: etcdSource(version) }),
  claims: (options) => ({
    source: `etcd ${options.version.split('.').slice(0, 2).join('.')} documentation, "KV API guarantees"`,
    consistency: {
      ...IN_ONE_ORDER,
      // Only reads of registers and sets can be serializable. All others, and transactions, read linearizably.
      [REGISTER.name]: { read: readsClaimed(options), write: 'linearizable', cas: 'linearizable' },
      [SET.name]: { add: 'linearizable', read: readsClaimed(options) },
      // Watches are ordered, reliable and resumable, by "Watch API guarantees" in the same documentation.
      [WATCH.name]: 'exactly-once',
    },
    quorums: ['majority of nodes'],
    neverPanics: true,
    logPatterns: {
      corruption:
        'found data inconsistency with peer|corruption alarm|walpb: crc mismatch|snap: crc mismatch',
    },
    // No `tellsElections`: its status combines the term of the last applied entry with the present leader.
    minority: options.reads === 'serializable' ? 'serve-reads' : 'refuse',
    tolerates: {
      partition: 'any',
      omission: 'any',
      timing: 'any',
      kill: 'any',
      pause: 'any',
      clock: 'any',
      'power-loss': 'any',
      'disk-errors': 'any',
      membership: 'any',
      misconfiguration: 'minority',
    },
  }),
  services: ({ sink }) => sinksOf(sink),
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: etcdClients,
  launch: (node, plan, program) => ({
    files: {},
    processes: [{ name: 'etcd', argv: argvOf(node, plan, program('etcd')), env: { GOMAXPROCS: '2' } }],
  }),
  ready: async (node, signal) => {
    // A linearizable read through this member shows that it has a leader, and the leader a quorum.
    const result = await control.request(
      `http://${node.address}:${CLIENT_PORT}`,
      'GET',
      '/health',
      undefined,
      signal,
    )
    return result.type === 'response' && result.status === 200
  },
  status: (node, signal) => statusOf(node.address, signal),
})
