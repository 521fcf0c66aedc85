/** The bundled PBFT cluster: real processes with real sockets, disks and signatures, and bugs to plant. */
import type { ClusterPlan, NodeIdentity } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { CRASHES_AND_NETWORKS, OF_BUNDLED_SERVERS } from '../protocol/claims.ts'
import { moduleAt, nodeProcess } from '../protocol/launch.ts'
import { bundledNodes } from '../protocol/status.ts'
import { bugNamed, bugs } from './bugs/bugs.ts'
import { pbftByzantine } from './byzantine.ts'
import { consistencyOf, proofKeys } from './claims.ts'
import { pbftClients } from './clients.ts'
import { privateKeyOf, publicKeyOf } from './keys.ts'
import { type PbftOptions, pbftOptions } from './options.ts'
import type { ServerConfig } from './protocol.ts'

const configOf = (node: NodeIdentity, plan: ClusterPlan<PbftOptions>): ServerConfig => {
  const { nodes, options, bug } = plan
  return {
    id: node.name,
    dataDir: node.dataDir,
    members: nodes.map(({ name }) => name),
    addresses: Object.fromEntries(nodes.map(({ name, address }) => [name, address])),
    privateKey: privateKeyOf(node.name),
    publicKeys: Object.fromEntries(nodes.map(({ name }) => [name, publicKeyOf(name)])),
    tickMs: options.tick,
    viewChangeMs: options['view-timeout'],
    statusMs: options['status-every'],
    checkpointEvery: options['checkpoint-every'],
    maxBatch: options['max-batch'],
    logsMessages: options['log-messages'],
    bug: bugNamed(bug),
  }
}

export const pbft = defineTarget({
  name: 'pbft',
  description: 'the bundled PBFT cluster: 3f+1 replicas that sign what they say, with planted bugs (--bug)',
  options: pbftOptions,
  nodes: { default: 4, min: 4 },
  bugs,
  simulation: async () => (await import('./simulation/simulate.ts')).pbftSimulation,
  mistakes: [
    { option: 'view-timeout', value: 100 },
    { option: 'view-timeout', value: 5000 },
    { option: 'status-every', value: 1000 },
    { option: 'max-batch', value: 1 },
  ],
  claims: (options) => ({
    source: 'targets/pbft/README.md',
    consistency: consistencyOf(options.reads),
    quorums: ['two-thirds of nodes'],
    ...(options.reads === 'proved' ? { proofKeys } : {}),
    ...OF_BUNDLED_SERVERS,
    tellsElections: true,
    tolerates: {
      ...CRASHES_AND_NETWORKS,
      misconfiguration: 'minority',
      byzantine: 'third',
    },
  }),
  clients: pbftClients,
  launch: (node, plan) => ({
    files: {},
    processes: [nodeProcess('pbft', moduleAt('./server/main', import.meta.url), configOf(node, plan))],
  }),
  byzantine: pbftByzantine,
  ...bundledNodes,
})
