/** jgroups-raft, a Java library with Raft on JGroups, behind a small server of our own (`Server.java`). */
import path from 'node:path'
import type { Claims } from '../../harness/api/claims.ts'
import type { ClusterPlan, LaunchSpec, NodeIdentity, StepSpec } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { clientsOf } from '../pysyncobj/client.ts'
import { isReadyAt, statusAt, withLocalReads } from '../pysyncobj/control.ts'
import { isDefinite } from './errors.ts'
import { type JgroupsRaftOptions, jgroupsRaftOptions } from './options.ts'
import { CLIENT_PORT } from './ports.ts'
import { stackOf } from './stack.ts'
import { programsOf, RELEASE } from './versions.ts'

/** In the package, compiled files are elsewhere than this one. */
const FOLDER = import.meta.filename.endsWith('.ts') ? '.' : '../../../targets/jgroups-raft'
const SOURCE = path.resolve(import.meta.dirname, FOLDER, 'Server.java')

/** Quick to start and small, since several run on one machine. */
const JVM = ['-Xmx192m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']
/** Java's own server would wait with the end of each answer. */
const PROPERTIES = ['-Djava.net.preferIPv4Stack=true', '-Dsun.net.httpserver.nodelay=true']
const STACK = 'stack.xml'
const CLASSES = 'classes'

const launch = (
  node: NodeIdentity,
  plan: ClusterPlan<JgroupsRaftOptions>,
  program: (name: string) => string,
): LaunchSpec => {
  const jars = path.join(program(RELEASE), '*')
  const classes = path.posix.join(node.dataDir, CLASSES)
  const compile: StepSpec = {
    name: 'javac',
    argv: [program('javac'), '-proc:none', '-d', classes, '-cp', jars, SOURCE],
    env: {},
  }
  const stack = path.posix.join(node.dataDir, STACK)
  const args = [node.name, node.address, String(CLIENT_PORT), stack, plan.options.reads]
  return {
    files: { [STACK]: stackOf(node, plan) },
    steps: { firstStart: [compile] },
    processes: [
      {
        name: 'jgroups-raft',
        argv: [program('java'), ...JVM, ...PROPERTIES, '-cp', `${jars}:${classes}`, 'Server', ...args],
        env: {},
      },
    ],
  }
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
  programs: ({ version }: JgroupsRaftOptions) => programsOf(version),
  claims,
  clients: clientsOf({ port: CLIENT_PORT, isDefinite }),
  launch,
  ready: isReadyAt(CLIENT_PORT),
  status: statusAt(CLIENT_PORT),
})
