/** How a server is started: all servers know each other from the beginning, and each has JetStream. */
import type { ClusterPlan, LaunchSpec, NodeIdentity } from '../../harness/api/target.ts'
import { UserError } from '../../harness/support/assert.ts'
import type { NatsOptions } from './options.ts'
import { CLIENT_PORT, MONITOR_PORT, ROUTE_PORT } from './ports.ts'
import { SERVER } from './versions.ts'

const CONFIG = 'nats.conf'

/** It finishes what is under way first. */
const STOP_TIMEOUT_MS = 10_000

/** @throws UserError if it is no value of sync_interval */
export const syncOf = (sync: string): string => {
  if (sync === 'always' || /^[1-9]\d*(ms|s|m|h)$/.test(sync)) return sync
  throw new UserError(`sync=${sync} is neither always nor a duration such as 500ms, 10s or 2m.`)
}

/** Of a single server there is no cluster: its streams have one replica. */
const clusterOf = (node: NodeIdentity, { nodes }: ClusterPlan<NatsOptions>): string =>
  nodes.length === 1
    ? ''
    : `cluster {
  name: faultline
  listen: "${node.address}:${ROUTE_PORT}"
  no_advertise: true
  routes: [${nodes.map(({ address }) => `"nats://${address}:${ROUTE_PORT}"`).join(', ')}]
}
`

/** NATS would take a share of the machine's memory and disk as the limits of its store. */
const configOf = (node: NodeIdentity, plan: ClusterPlan<NatsOptions>): string => `server_name: ${node.name}
listen: "${node.address}:${CLIENT_PORT}"
http: "${node.address}:${MONITOR_PORT}"
jetstream {
  store_dir: "${node.dataDir}/store"
  sync_interval: "${syncOf(plan.options.sync)}"
  max_file_store: 4GB
  max_memory_store: 256MB
}
${clusterOf(node, plan)}`

export const launchNode = (
  node: NodeIdentity,
  plan: ClusterPlan<NatsOptions>,
  program: (name: string) => string,
): LaunchSpec => ({
  files: { [CONFIG]: configOf(node, plan) },
  processes: [
    {
      name: 'nats',
      argv: [program(SERVER), '-c', CONFIG],
      env: {},
      stopSignal: 'SIGTERM',
      stopTimeoutMs: STOP_TIMEOUT_MS,
    },
  ],
})
