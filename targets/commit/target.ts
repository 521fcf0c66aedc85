/** The bundled store over shards with two-phase commit: real processes with real sockets and disks, and bugs to plant. */
import type { Claims } from '../../harness/api/claims.ts'
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { CRASHES_AND_NETWORKS, OF_BUNDLED_SERVERS } from '../protocol/claims.ts'
import { replicatedClient } from '../protocol/client.ts'
import { moduleAt, nodeProcess } from '../protocol/launch.ts'
import { bundledNodes } from '../protocol/status.ts'
import { bugNamed, bugs } from './bugs/bugs.ts'
import { served } from './calls.ts'
import { type CommitOptions, commitOptions } from './options.ts'
import type { ServerConfig } from './protocol.ts'

const configOf = (node: NodeIdentity, plan: ClusterPlan<CommitOptions>): ServerConfig => {
  const { nodes, options, bug } = plan
  return {
    id: node.name,
    dataDir: node.dataDir,
    members: nodes.map(({ name }) => name),
    addresses: Object.fromEntries(nodes.map(({ name, address }) => [name, address])),
    coordinator: options.coordinator,
    tickMs: options.tick,
    electionMs: options['election-timeout'],
    voteMs: options['vote-timeout'],
    askMs: options['ask-every'],
    patienceMs: options.patience,
    compactEvery: options['compact-every'],
    logsMessages: options['log-messages'],
    bug: bugNamed(bug),
  }
}

/** Locks are held from the vote to the decision, so transactions have one order, in real time. */
const consistency: Claims['consistency'] = Object.fromEntries(
  Object.entries(IN_ONE_ORDER).filter(([vocabulary]) => served.includes(vocabulary)),
)

export const commit = defineTarget({
  name: 'commit',
  description: 'the bundled store over shards: two-phase commit between them, with planted bugs (--bug)',
  options: commitOptions,
  nodes: { default: 5, min: 1 },
  bugs,
  simulation: async () => (await import('./simulation/simulate.ts')).commitSimulation,
  mistakes: [
    { option: 'vote-timeout', value: 20 },
    { option: 'ask-every', value: 10 },
    { option: 'ask-every', value: 2000 },
    { option: 'compact-every', value: 3 },
  ],
  claims: ({ coordinator }) => ({
    source: 'targets/commit/README.md',
    consistency,
    atomicCommitment: true,
    ...(coordinator === 'replicated'
      ? { quorums: ['majority of nodes'], tellsElections: true, decidesWithinMs: 5000 }
      : {}),
    ...OF_BUNDLED_SERVERS,
    tolerates: {
      ...CRASHES_AND_NETWORKS,
      misconfiguration: 'any',
    },
  }),
  clients: Object.fromEntries(served.map((name) => [name, replicatedClient(name)])),
  launch: (node, plan) => ({
    files: {},
    processes: [nodeProcess('commit', moduleAt('./server/main', import.meta.url), configOf(node, plan))],
  }),
  ...bundledNodes,
})
