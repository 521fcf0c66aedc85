/** jgroups-raft, a Java library with Raft on JGroups, behind a small server of our own (`Server.java`). */
import path from 'node:path'
import type { Claims } from '../../harness/api/claims.ts'
import type { ClusterPlan, LaunchSpec, NodeIdentity } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { javaSources, launchJava } from '../java-service/launch.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { clientsOf } from '../pysyncobj/client.ts'
import { isReadyAt, statusAt, withLocalReads } from '../pysyncobj/control.ts'
import { isDefinite } from './errors.ts'
import { type JgroupsRaftOptions, jgroupsRaftOptions } from './options.ts'
import { CLIENT_PORT } from './ports.ts'
import { stackOf } from './stack.ts'
import { programsOf, RELEASE } from './versions.ts'

const FOLDER = 'jgroups-raft'
const STACK = 'stack.xml'

const launch = (
  node: NodeIdentity,
  plan: ClusterPlan<JgroupsRaftOptions>,
  program: (name: string) => string,
): LaunchSpec => {
  const stack = path.posix.join(node.dataDir, STACK)
  const args = [node.name, node.address, String(CLIENT_PORT), stack, plan.options.reads]
  const server = { name: 'jgroups-raft', folder: FOLDER, library: RELEASE, heap: '192m', args }
  return { files: { [STACK]: stackOf(node, plan) }, ...launchJava(server, node, program) }
}

const claims = ({ reads, version }: JgroupsRaftOptions): Claims => ({
  source: `jgroups-raft ${version}, manual, "Overview" and "Design" (http://belaban.github.io/jgroups-raft/manual/index.html)`,
  consistency: { ...IN_ONE_ORDER, ...(reads === 'local' ? withLocalReads('consistent-prefix') : {}) },
  minority: reads === 'local' ? 'serve-reads' : 'refuse',
  tellsElections: true,
  tolerates: {
    partition: 'any',
    omission: 'any',
    timing: 'any',
    // Without fsync, which is its default, what is in the log survives the process and not the power.
    kill: 'any',
    pause: 'any',
    clock: 'any',
  },
})

export const jgroupsRaft = defineTarget({
  name: 'jgroups-raft',
  description: 'jgroups-raft, a Java library with Raft, behind a small server of our own',
  options: jgroupsRaftOptions,
  nodes: { default: 3, min: 1 },
  bugs: [],
  image: 'java',
  hostFiles: javaSources(FOLDER),
  programs: ({ version }: JgroupsRaftOptions) => programsOf(version),
  claims,
  clients: clientsOf({ port: CLIENT_PORT, isDefinite }),
  launch,
  ready: isReadyAt(CLIENT_PORT),
  status: statusAt(CLIENT_PORT),
})
