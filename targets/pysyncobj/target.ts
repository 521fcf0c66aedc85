/** PySyncObj, a library that replicates Python objects by Raft, behind a small server of our own (`server.py`). */
import path from 'node:path'
import type { Claims, PromiseName } from '../../harness/api/claims.ts'
import type { ClusterPlan, LaunchSpec, NodeIdentity } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { JsonHttp } from '../http.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { clientsOf } from './client.ts'
import { isDefinite } from './errors.ts'
import { type PysyncobjOptions, pysyncobjOptions } from './options.ts'
import { CLIENT_PORT, PEER_PORT } from './ports.ts'
import { statusFrom } from './status.ts'
import { LIBRARY, PYTHON, programsOf } from './versions.ts'

/** In the package, compiled files are elsewhere than this one. */
const FOLDER = import.meta.filename.endsWith('.ts') ? '.' : '../../../targets/pysyncobj'
const SERVER = path.resolve(import.meta.dirname, FOLDER, 'server.py')

const control = new JsonHttp()

/** As much longer than the shortest timeout: PySyncObj's own defaults are 0.4 s and 1.4 s. */
const LONGEST = 3.5

const launch = (
  node: NodeIdentity,
  { nodes, options }: ClusterPlan<PysyncobjOptions>,
  program: (name: string) => string,
): LaunchSpec => {
  const shortest = options['election-timeout']
  const settings = {
    name: node.name,
    address: node.address,
    client_port: CLIENT_PORT,
    peer_port: PEER_PORT,
    members: Object.fromEntries(nodes.map(({ name, address }) => [name, address])),
    folder: node.dataDir,
    reads: options.reads,
    timeouts_ms: [shortest, Math.round(shortest * LONGEST)],
    compaction: options.compaction,
  }
  return {
    files: {},
    processes: [
      {
        name: 'pysyncobj',
        argv: [program(PYTHON), SERVER, JSON.stringify(settings)],
        env: { PYTHONPATH: path.resolve(program(LIBRARY), '../..'), PYTHONDONTWRITEBYTECODE: '1' },
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

const claims = ({ reads, version }: PysyncobjOptions): Claims => ({
  source: `PySyncObj ${version}, README ("raft protocol for leader election and log replication", "journal": https://github.com/bakwc/PySyncObj) and "Raft", figure 3 (Ongaro and Ousterhout 2014)`,
  consistency: { ...IN_ONE_ORDER, ...(reads === 'local' ? withLocalReads('consistent-prefix') : {}) },
  minority: reads === 'local' ? 'serve-reads' : 'refuse',
  tellsElections: true,
  tolerates: {
    partition: 'any',
    omission: 'any',
    timing: 'any',
    // Each record is saved as soon as it is received, to a mapped file: that survives the process, and not the power.
    kill: 'any',
    pause: 'any',
    clock: 'any',
  },
})

/** Ready if it knows a leader, and the leader a quorum: a command that changes nothing goes through the log. */
const isReady = async (address: string, signal: AbortSignal): Promise<boolean> => {
  const origin = `http://${address}:${CLIENT_PORT}`
  const result = await control.request(origin, 'POST', '/call', ['nothing'], signal)
  return result.type === 'response' && result.status === 200
}

export const pysyncobj = defineTarget({
  name: 'pysyncobj',
  description: 'PySyncObj, a Python library with Raft, behind a small server of our own',
  options: pysyncobjOptions,
  nodes: { default: 3, min: 1 },
  bugs: [],
  programs: ({ version }: PysyncobjOptions) => programsOf(version),
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
