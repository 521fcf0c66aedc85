/**
 * A target: what faultline must know of a cluster to break it and to judge it. Each part below belongs to the example server
 * in server.mjs. Replace that server by your own, and go through the parts from top to bottom.
 */
import path from 'node:path'
import type { Target } from 'faultline'
import { JsonHttp } from 'faultline/http'
import { client, PORT } from './client.ts'

const target: Target = {
  name: 'my-store',
  description: 'the example server of faultline init',

  // Options that `--target-opts name=value` sets: name -> { type, default, description }. All functions below get their values.
  options: {},

  // How many nodes a run has. The example does not replicate, so it has one. A cluster says { default: 3, min: 1 }.
  nodes: { default: 1, min: 1, max: 1 },

  // Only the bundled targets have bugs that `--bug` enables.
  bugs: [],

  // Programs that are to be taken from Debian's packages: { 'redis-server': 'redis-server' }. `launch` gets their paths.
  programs: {},

  // What your documentation promises, and where it says so. faultline judges by this, and by nothing else. Claim what the
  // documentation says, not what you hope for. A promise that nobody made is assumed, and breaking it proves nothing.
  claims: () => ({
    source: 'the comments in server.mjs',
    // Vocabulary -> promise, or call -> promise. `faultline list vocabularies` shows all of them.
    consistency: { register: { read: 'linearizable', write: 'linearizable', cas: 'linearizable' } },
    // What a minority does while it is cut off from the others.
    minority: 'refuse',
    // After the last fault, every node is ready again within this time.
    recoversWithinMs: 5000,
    // The faults under which the promises hold, and on how many nodes at once. Others are not held against you.
    tolerates: { kill: 'any', pause: 'any', partition: 'any', omission: 'any', timing: 'any' },
  }),

  // One client for each vocabulary that the cluster speaks. Every workload of these vocabularies can then be run.
  clients: { register: client },

  // How a node is started: its programs, and the files that they need. Nothing is done here, only said. A node has an address
  // of its own, so all nodes can use the same ports. Its programs start in an empty folder, `node.dataDir`, and may write only
  // there. `plan.nodes` lists all nodes, for clusters whose members must know each other.
  launch: (node) => ({
    files: {},
    processes: [
      {
        name: 'server',
        argv: [process.execPath, path.join(import.meta.dirname, 'server.mjs'), node.address, String(PORT)],
        env: {},
      },
    ],
  }),

  // Whether the node serves clients, not only whether it runs. It is asked often, so ask for something cheap. A node that is
  // down must be told from one that serves before `signal` is aborted.
  ready: async (node, signal) => {
    await using http = new JsonHttp()
    const result = await http.request(`http://${node.address}:${PORT}`, 'GET', '/ready', null, signal)
    return result.type === 'response' && result.status === 200
  },

  // What the node says of itself. A cluster with a leader says who it is ({ role, term }): faults can then be aimed at it. One
  // with replicas can give a digest of its state: replicas that differ are then found. Without either, leave it out.
  status: async (node, signal) => {
    await using http = new JsonHttp()
    const result = await http.request(`http://${node.address}:${PORT}`, 'GET', '/ready', null, signal)
    if (result.type !== 'response') throw new Error(result.error)
    return { role: 'unknown', version: 'example' }
  },
}

export default target
