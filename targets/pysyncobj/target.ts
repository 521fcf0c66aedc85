/** PySyncObj, a library that replicates Python objects by Raft, behind a small server of our own (`server.py`). */
import path from 'node:path'
import type { Claims } from '../../harness/api/claims.ts'
import type { ClusterPlan, LaunchSpec, NodeIdentity } from '../../harness/api/target.ts'
import { defineTarget } from '../../harness/support/define.ts'
import { IN_ONE_ORDER } from '../one-order.ts'
import { clientsOf } from './client.ts'
import { isReadyAt, statusAt, withLocalReads } from './control.ts'
import { isDefinite } from './errors.ts'
import { type PysyncobjOptions, pysyncobjOptions } from './options.ts'
import { CLIENT_PORT, PEER_PORT } from './ports.ts'
import { LIBRARY, PYTHON, programsOf } from './versions.ts'

/** In the package, compiled files are elsewhere than this one. */
const FOLDER = import.meta.filename.endsWith('.ts') ? '.' : '../../../targets/pysyncobj'
const SERVER = path.resolve(import.meta.dirname, FOLDER, 'server.py')

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

export const pysyncobj = defineTarget({
  name: 'pysyncobj',
  description: 'PySyncObj, a Python library with Raft, behind a small server of our own',
  options: pysyncobjOptions,
  nodes: { default: 3, min: 1 },
  bugs: [],
  image: 'python',
  hostFiles: [SERVER],
  programs: ({ version }: PysyncobjOptions) => programsOf(version),
  claims,
  clients: clientsOf({ port: CLIENT_PORT, isDefinite }),
  launch,
  ready: isReadyAt(CLIENT_PORT),
  status: statusAt(CLIENT_PORT),
})
