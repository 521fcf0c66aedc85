/** Hazelcast 5, the open-source edition: each node is a small server of our own in front of an embedded member (`Server.java`). */
import path from 'node:path'
import type { ClusterPlan, LaunchSpec, NodeIdentity } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { javaSources, launchJava } from '../java-service/launch.ts'
import { clientsOf } from '../pysyncobj/client.ts'
import { isReadyAt } from '../pysyncobj/control.ts'
import { claimsOf } from './claims.ts'
import { configOf, majorityOf } from './config.ts'
import { isDefinite } from './errors.ts'
import { type HazelcastOptions, hazelcastOptions } from './options.ts'
import { CLIENT_PORT } from './ports.ts'
import { statusOf } from './status.ts'
import { programsOf, RELEASE } from './versions.ts'

const FOLDER = 'hazelcast'
const CONFIG = 'hazelcast.xml'

const launch = (
  node: NodeIdentity,
  plan: ClusterPlan<HazelcastOptions>,
  program: (name: string) => string,
): LaunchSpec => {
  const { sets, counters, locks } = plan.options
  const config = path.posix.join(node.dataDir, CONFIG)
  const majority = String(majorityOf(plan.nodes.length))
  const args = [node.address, String(CLIENT_PORT), config, majority, sets, counters, locks]
  const server = { name: 'hazelcast', folder: FOLDER, library: RELEASE, heap: '256m', args }
  return { files: { [CONFIG]: configOf(node, plan) }, ...launchJava(server, node, program) }
}

export const hazelcast = defineTarget({
  name: 'hazelcast',
  description: 'Hazelcast 5, open source: maps, queues, sets, counters and locks that prefer availability',
  options: hazelcastOptions,
  nodes: { default: 3, min: 1 },
  bugs: [],
  image: 'java',
  hostFiles: javaSources(FOLDER),
  programs: ({ version }: HazelcastOptions) => programsOf(version),
  claims: claimsOf,
  clients: clientsOf({ port: CLIENT_PORT, isDefinite }),
  launch,
  ready: isReadyAt(CLIENT_PORT),
  status: statusOf,
})
