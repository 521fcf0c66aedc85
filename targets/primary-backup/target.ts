/** The bundled primary and its backups: real processes with real sockets and disks, and bugs to plant. */
import type { ClusterPlan, NodeIdentity, ServiceSpec } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { SINK } from '../../harness/vocabularies/effects.ts'
import { JsonHttp } from '../http.ts'
import { replicatedClients } from '../protocol/clients.ts'
import { moduleAt, nodeProcess } from '../protocol/launch.ts'
import { bundledNodes } from '../protocol/status.ts'
import { SINK_PORT } from '../sink/port.ts'
import { lacksSink, sinksOf } from '../sink/service.ts'
import { bugNamed, bugs } from './bugs/bugs.ts'
import { claimsOf } from './claims.ts'
import { VIEW_SERVICE } from './core/types.ts'
import { type PrimaryBackupOptions, primaryBackupOptions } from './options.ts'
import { type ServerConfig, VIEW_SERVICE_PORT, type ViewServiceConfig } from './protocol.ts'

const configOf = (node: NodeIdentity, plan: ClusterPlan<PrimaryBackupOptions>): ServerConfig => {
  const { nodes, services, options, bug } = plan
  const { replication, failover, fencing, minority } = options
  const originOf = (service: string, port: number): string | null => {
    const found = services.find(({ name }) => name === service)
    return found === undefined ? null : `http://${found.address}:${port}`
  }
  return {
    ...{ replication, failover, fencing, minority },
    id: node.name,
    dataDir: node.dataDir,
    nodes: nodes.map(({ name }) => name),
    addresses: Object.fromEntries(nodes.map(({ name, address }) => [name, address])),
    viewService: originOf(VIEW_SERVICE, VIEW_SERVICE_PORT),
    tickMs: options.tick,
    failoverMs: options['failover-timeout'],
    maxEntriesPerMessage: options['max-entries'],
    compactEvery: options['compact-every'],
    sink: originOf(SINK, SINK_PORT),
    logsMessages: options['log-messages'],
    bug: bugNamed(bug),
  }
}

const control = new JsonHttp()

const viewService = (options: PrimaryBackupOptions): ServiceSpec => ({
  name: VIEW_SERVICE,
  launch: ({ address, dataDir }) => {
    const times = { tickMs: options.tick, failoverMs: options['failover-timeout'] }
    const config: ViewServiceConfig = { address, dataDir, ...times, bug: null }
    return {
      files: {},
      processes: [nodeProcess(VIEW_SERVICE, moduleAt('./view-service/main', import.meta.url), config)],
    }
  },
  ready: async ({ address }, signal) => {
    const origin = `http://${address}:${VIEW_SERVICE_PORT}`
    const result = await control.request(origin, 'GET', '/', undefined, signal)
    return result.type === 'response' && result.status === 200
  },
})

export const primaryBackup = defineTarget({
  name: 'primary-backup',
  description:
    'the bundled primary and its backups: replication, failover, fencing and minority are options; with planted bugs (--bug)',
  options: primaryBackupOptions,
  nodes: { default: 5, min: 1 },
  bugs,
  simulation: async () => (await import('./simulation/simulate.ts')).primaryBackupSimulation,
  claims: claimsOf,
  services: (options) => [
    ...(options.failover === 'view-service' ? [viewService(options)] : []),
    ...sinksOf(options.sink),
  ],
  lacks: (vocabulary, { sink }) => lacksSink(vocabulary, sink),
  clients: replicatedClients,
  launch: (node, plan) => ({
    files: {},
    processes: [
      nodeProcess('primary-backup', moduleAt('./server/main', import.meta.url), configOf(node, plan)),
    ],
  }),
  ...bundledNodes,
})
