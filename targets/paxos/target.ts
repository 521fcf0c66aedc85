/** The bundled Paxos cluster: real processes with real sockets and disks, and bugs to plant. */
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { SINK } from '../../harness/vocabularies/effects.ts'
import { CRASHES_AND_NETWORKS, consistencyOf, OF_BUNDLED_SERVERS } from '../protocol/claims.ts'
import { replicatedClients } from '../protocol/clients.ts'
import { moduleAt, nodeProcess } from '../protocol/launch.ts'
import { bundledNodes } from '../protocol/status.ts'
import { SINK_PORT } from '../sink/port.ts'
import { lacksSink, sinksOf } from '../sink/service.ts'
import { bugNamed, bugs } from './bugs/bugs.ts'
import { paxosByzantine } from './byzantine.ts'
import { type PaxosOptions, paxosOptions } from './options.ts'
import type { ServerConfig } from './protocol.ts'
import { claimedQuorums, sizesOf } from './quorums.ts'

const configOf = (node: NodeIdentity, plan: ClusterPlan<PaxosOptions>): ServerConfig => {
  const { nodes, services, options, bug } = plan
  const sink = services.find(({ name }) => name === SINK)
  return {
    id: node.name,
    dataDir: node.dataDir,
    members: nodes.map(({ name }) => name),
    addresses: Object.fromEntries(nodes.map(({ name, address }) => [name, address])),
    ...sizesOf(options, nodes.length),
    tickMs: options.tick,
    electionMs: options['election-timeout'],
    maxEntriesPerMessage: options['max-entries'],
    compactEvery: options['compact-every'],
    sink: sink === undefined ? null : `http://${sink.address}:${SINK_PORT}`,
    logsMessages: options['log-messages'],
    bug: bugNamed(bug),
  }
}

export const paxos = defineTarget({
  name: 'paxos',
  description: 'the bundled Paxos cluster: one process per node, quorums by phase, with planted bugs (--bug)',
  options: paxosOptions,
  nodes: { default: 5, min: 1 },
  bugs,
  simulation: async () => (await import('./simulation/simulate.ts')).paxosSimulation,
  mistakes: [
    { option: 'election-timeout', value: 60 },
    { option: 'election-timeout', value: 3000 },
    { option: 'max-entries', value: 1 },
    { option: 'compact-every', value: 3 },
  ],
  claims: (options) => ({
    source: 'targets/paxos/README.md',
    consistency: consistencyOf(options.sink),
    // A smaller phase-2 quorum may be a minority that still has its leader.
    ...(options.phase2 === 0 ? { minority: 'refuse' as const } : {}),
    quorums: claimedQuorums(options),
    ...OF_BUNDLED_SERVERS,
    tellsElections: true,
    tolerates: {
      ...CRASHES_AND_NETWORKS,
      misconfiguration: 'minority',
      dependency: 'any',
    },
  }),
  services: ({ sink }) => sinksOf(sink),
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: replicatedClients,
  launch: (node, plan) => ({
    files: {},
    processes: [nodeProcess('paxos', moduleAt('./server/main', import.meta.url), configOf(node, plan))],
  }),
  byzantine: paxosByzantine,
  ...bundledNodes,
})
