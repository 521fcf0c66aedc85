/** jgroups-raft, a Java library with Raft on JGroups, behind a small server of our own (`Server.java`). */
import path from 'node:path'
import { z } from 'zod'
import type { Claims, PromiseName } from '../../harness/api/claims.ts'
import type { ClusterPlan, LaunchSpec, NodeIdentity, NodeStatus, StepSpec } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { JsonHttp } from '../http.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { clientsOf } from '../pysyncobj/client.ts'
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

const control = new JsonHttp()

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

/** Local reads show what their member has applied. */
const withLocalReads = (read: PromiseName): Claims['consistency'] => ({
  [REGISTER.name]: { read, write: 'linearizable', cas: 'linearizable' },
  [SET.name]: { add: 'linearizable', read },
  [APPEND_LOG.name]: { append: 'linearizable', read },
  [COUNTER.name]: { add: 'linearizable', read },
})

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

const STATUS = z.object({
  role: z.enum(['leader', 'follower', 'candidate']),
  term: z.int(),
  leader: z.string().nullable(),
  last_applied: z.int(),
  commit_index: z.int(),
  applied: z.int(),
  digest: z.string(),
  earlier: z.record(z.string(), z.string()),
})

/** A digest is of all changes up to a number of them, which is no position of the log. @throws if it is no status */
export const statusFrom = (body: unknown): NodeStatus => {
  const told = STATUS.parse(body)
  return {
    role: told.role,
    term: told.term,
    leader: told.leader,
    appliedIndex: told.last_applied,
    commitIndex: told.commit_index,
    digest: told.digest,
    digestAt: told.applied,
    earlierDigests: told.earlier,
  }
}

/** Ready if it knows a leader, and the leader a quorum: a command that changes nothing goes through the log. */
const isReady = async (address: string, signal: AbortSignal): Promise<boolean> => {
  const origin = `http://${address}:${CLIENT_PORT}`
  const result = await control.request(origin, 'POST', '/call', ['nothing'], signal)
  return result.type === 'response' && result.status === 200
}

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
  ready: (node, signal) => isReady(node.address, signal),
  status: async ({ address }, signal) => {
    const origin = `http://${address}:${CLIENT_PORT}`
    const result = await control.request(origin, 'GET', '/status', undefined, signal)
    if (result.type !== 'response') throw new Error(result.error)
    return statusFrom(result.body)
  },
})
