/** The bundled Raft cluster: real processes with real sockets and disks, and bugs to plant. */
import type { ClusterPlan, NodeIdentity, ServiceSpec } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { SINK } from '../../harness/vocabularies/effects.ts'
import { JsonHttp } from '../http.ts'
import { CRASHES_AND_NETWORKS, consistencyOf, OF_BUNDLED_SERVERS } from '../protocol/claims.ts'
import { replicatedClients } from '../protocol/clients.ts'
import { moduleAt, nodeProcess } from '../protocol/launch.ts'
import { askNode, bundledNodes } from '../protocol/status.ts'
import type { ErrorReply } from '../protocol/wire.ts'
import { SINK_PORT } from '../sink/port.ts'
import { lacksSink, sinksOf } from '../sink/service.ts'
import { bugNamed, bugs } from './bugs/bugs.ts'
import { raftByzantine } from './byzantine.ts'
import { type RaftOptions, raftOptions } from './options.ts'
import { AUTHORITY_PORT, type ServerConfig } from './protocol.ts'

const configOf = (node: NodeIdentity, plan: ClusterPlan<RaftOptions>): ServerConfig => {
  const service = (name: string): string | null =>
    plan.services.find((each) => each.name === name)?.address ?? null
  const [authority, sink] = [service(AUTHORITY.name), service(SINK)]
  return {
    version: plan.options.version === '1' ? 1 : 2,
    authority: authority === null ? null : `http://${authority}:${AUTHORITY_PORT}`,
    sink: sink === null ? null : `http://${sink}:${SINK_PORT}`,
    id: node.name,
    dataDir: node.dataDir,
    members: plan.nodes.map(({ name }) => name),
    addresses: Object.fromEntries(plan.nodes.map(({ name, address }) => [name, address])),
    tickMs: plan.options.tick,
    electionMs: plan.options['election-timeout'],
    maxEntriesPerAppend: plan.options['max-entries'],
    compactEvery: plan.options['compact-every'],
    logsMessages: plan.options['log-messages'],
    bug: bugNamed(plan.bug),
  }
}

const control = new JsonHttp()

const answers = async (origin: string, signal: AbortSignal): Promise<boolean> => {
  const result = await control.request(origin, 'GET', '/', undefined, signal)
  return result.type === 'response' && result.status === 200
}

/** A service whose permission the cluster needs for each write. */
const AUTHORITY: ServiceSpec = {
  name: 'authority',
  launch: ({ address }) => ({
    files: {},
    processes: [
      {
        name: 'authority',
        argv: [
          process.execPath,
          moduleAt('../stub-service', import.meta.url),
          address,
          String(AUTHORITY_PORT),
        ],
        env: { NODE_NO_WARNINGS: '1' },
      },
    ],
  }),
  ready: ({ address }, signal) => answers(`http://${address}:${AUTHORITY_PORT}`, signal),
}

export const raft = defineTarget({
  name: 'raft',
  description: 'the bundled Raft cluster: one process per node, with planted bugs (--bug)',
  options: raftOptions,
  nodes: { default: 5, min: 1 },
  bugs,
  simulation: async () => (await import('./simulation/simulate.ts')).raftSimulation,
  versions: { option: 'version', values: ['1', '2'] },
  mistakes: [
    { option: 'election-timeout', value: 60 },
    { option: 'election-timeout', value: 3000 },
    { option: 'max-entries', value: 1 },
    { option: 'compact-every', value: 3 },
  ],
  claims: ({ sink }) => ({
    source: 'targets/raft/README.md',
    consistency: consistencyOf(sink),
    minority: 'refuse',
    quorums: ['majority of nodes'],
    ...OF_BUNDLED_SERVERS,
    tellsElections: true,
    tolerates: {
      ...CRASHES_AND_NETWORKS,
      membership: 'any',
      upgrade: 'any',
      misconfiguration: 'minority',
      dependency: 'any',
    },
  }),
  services: ({ authority, sink }) => [...(authority ? [AUTHORITY] : []), ...sinksOf(sink)],
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: replicatedClients,
  launch: (node, plan) => ({
    files: {},
    processes: [nodeProcess('raft', moduleAt('./server/main', import.meta.url), configOf(node, plan))],
  }),
  changeMembers: async ({ address }, { kind, member }, signal) => {
    const { status, body } = await askNode(address, 'POST', '/members', { [kind]: member }, signal)
    if (status !== 200) throw new Error((body as ErrorReply).error)
  },
  byzantine: raftByzantine,
  ...bundledNodes,
})
