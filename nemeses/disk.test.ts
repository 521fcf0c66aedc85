/** A power loss before a step on the disk, on a node that only notes what is done to it. */
import { expect, it } from 'vitest'
import type { DiskRule, NodeDisk } from '../harness/api/disk.ts'
import type { Cluster, ClusterNode } from '../harness/api/environment.ts'
import type { NemesisContext } from '../harness/api/nemesis.ts'
import { disk } from './disk.ts'

/** What was done, with whether operations were held then. */
const noting = () => {
  const done: string[] = []
  let rules: readonly DiskRule[] = []
  const note = async (what: string): Promise<void> => {
    // As long as it takes to kill a process.
    await new Promise(setImmediate)
    done.push(`${what}, ${rules.length} held`)
  }
  const itsDisk: Partial<NodeDisk> = {
    setRules: async (_, next) => {
      rules = next
    },
    held: async () => rules.length,
    losePower: async () => {
      await note('power lost')
      return { bytes: 0, pages: 0, files: 0, directoryOperations: 0 }
    },
  }
  const node: Partial<ClusterNode> = {
    name: 'n1',
    disk: itsDisk as NodeDisk,
    takeDown: async () => {
      await note('killed')
      return { processes: [], deaf: [], openPorts: [] }
    },
    bringUp: () => note('started'),
  }
  return { done, node: node as ClusterNode }
}

it('holds the node at that step until it is killed and has lost its power', async () => {
  const { done, node } = noting()
  const context: NemesisContext = {
    cluster: { nodes: [node] } as unknown as Cluster,
    leader: async () => null,
    status: async () => null,
    launchWith: () => ({ processes: [], files: {} }),
    secretsOf: () => null,
    isReady: async () => true,
    signal: new AbortController().signal,
  }
  const intent = {
    mode: 'power-loss',
    victims: 'one',
    order: ['n1'],
    latencyMs: 0,
    distribution: 'fixed',
    probability: 0,
    survival: 'nothing',
    file: '.',
    seed: 1,
    step: 'fsync',
  }
  const planned = {
    id: 'disk-1',
    nemesis: 'disk',
    atNs: 0,
    durationNs: 1,
    model: 'power-loss' as const,
    intent,
  }
  const fault = await disk.inject(context, disk.recall(planned))
  await fault.heal()
  expect(done).toEqual(['killed, 1 held', 'power lost, 1 held', 'started, 0 held'])
})
