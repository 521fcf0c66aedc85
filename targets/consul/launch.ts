/** How an agent is started: as a server that knows the others, and that calls nobody else. */
import path from 'node:path'
import type { ClusterPlan, LaunchSpec, NodeIdentity } from '../../harness/api/target.ts'
import type { ConsulOptions } from './options.ts'
import { HTTP_PORT, SERF_PORT, SERVER_PORT } from './ports.ts'
import { AGENT } from './program.ts'

const CONFIG = 'consul.json'
const DATA = 'consul'
const OFF = -1

/** A server whose data were wiped is the same one again, or its name would be taken. */
const idOf = ({ index }: NodeIdentity): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`

const configOf = (node: NodeIdentity, { nodes, options }: ClusterPlan<ConsulOptions>): object => ({
  server: true,
  node_name: node.name,
  node_id: idOf(node),
  data_dir: path.posix.join(node.dataDir, DATA),
  bind_addr: node.address,
  advertise_addr: node.address,
  client_addr: node.address,
  bootstrap_expect: nodes.length,
  retry_join: nodes.map(({ address }) => address),
  retry_interval: '1s',
  ports: {
    http: HTTP_PORT,
    server: SERVER_PORT,
    serf_lan: SERF_PORT,
    serf_wan: OFF,
    dns: OFF,
    grpc: OFF,
    grpc_tls: OFF,
  },
  performance: { raft_multiplier: options['raft-multiplier'] },
  leave_on_terminate: false,
  connect: { enabled: false },
  disable_coordinates: true,
  disable_update_check: true,
  disable_anonymous_signature: true,
})

/**
 * The file with the time at which a server was last seen is truncated, written and not synced (agent/consul/server_metadata.go). A
 * kill or a power loss may leave nothing of it, and then the server never starts again until somebody removes it.
 */
const MEND = `
file=$1
if [ -e "$file" ] && ! grep -q '}' "$file"; then
  echo "removing $file, which was cut off"
  rm "$file"
fi
`
const LAST_SEEN = 'server_metadata.json'

/** It finishes what is under way first. */
const STOP_TIMEOUT_MS = 10_000

export const launchNode = (
  node: NodeIdentity,
  plan: ClusterPlan<ConsulOptions>,
  program: (name: string) => string,
): LaunchSpec => ({
  files: { [CONFIG]: JSON.stringify(configOf(node, plan), null, 2) },
  steps: {
    restart: [
      {
        name: 'mend',
        argv: ['sh', '-c', MEND, 'mend', path.posix.join(node.dataDir, DATA, LAST_SEEN)],
        env: {},
      },
    ],
  },
  processes: [
    {
      name: 'consul',
      argv: [program(AGENT), '-config-file', path.posix.join(node.dataDir, CONFIG)],
      // Its library for looking for updates obeys this, too.
      env: { CHECKPOINT_DISABLE: '1', GOMAXPROCS: '2' },
      stopSignal: 'SIGTERM',
      stopTimeoutMs: STOP_TIMEOUT_MS,
    },
  ],
})
