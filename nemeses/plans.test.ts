/**
 * A seed must always give the same plan: reports name the seed of a run, and people repeat the run with it. Each digest
 * covers all plans of a nemesis over some seeds, clusters and options. A digest changes only on purpose, and the commit
 * says why.
 */
import { createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import type { PlanContext } from '../harness/api/nemesis.ts'
import type { Options } from '../harness/api/options.ts'
import { rngFromSeed } from '../harness/support/random.ts'
import { nemeses } from './index.ts'

const SEEDS = [1, 2, 3, 42, 2 ** 31 - 1]

const target: PlanContext['target'] = {
  name: 'etcd',
  options: { version: { type: 'string', default: 'a', description: '' } },
  versions: { option: 'version', values: ['a', 'b', 'c'] },
  mistakes: [{ option: 'heartbeat', value: 20 }],
  byzantine: {
    peerPorts: [1],
    clientPorts: [2],
    codec: '/codec.ts',
    lies: {
      differ: { kind: 'equivocation', description: '' },
      joint: { kind: 'collusion', description: '' },
    },
  },
}
const five: PlanContext = {
  nodes: ['n1', 'n2', 'n3', 'n4', 'n5'],
  clientGroups: 2,
  timeLimitNs: 60e9,
  startUpNs: 0,
  hasDisks: true,
  tolerates: { partition: 'any', kill: 'any', pause: 'any', 'data-loss': 2 },
  target,
  targetOptions: { version: 'a' },
}
const three: PlanContext = {
  ...five,
  nodes: ['n1', 'n2', 'n3'],
  clientGroups: 3,
  tolerates: { kill: 'minority', pause: 1, clock: 'minority', timing: 1, 'power-loss': 'minority' },
}

/** Options with which a nemesis uses all its features. */
const EVERYTHING: Readonly<Record<string, Options>> = {
  partition: {
    shapes: 'halves+one+bridge+asymmetric-bridge+ring+leader+leader-minority+seesaw+clients+leader-clients',
    flapping: 200,
  },
  connection: { connections: 'all+established+new', victims: 'n2+majority' },
  kill: {
    signals: 'SIGKILL+SIGTERM',
    patterns: 'at-once+rolling+crash-loop',
    data: 'kept+rolled-back+newest-rolled-back+wiped',
  },
  pause: { method: 'both', stutter: 150 },
  clock: { offset: 1000, rate: 50, victims: 'all+n3' },
  disk: {
    modes: 'latency+stall+errors+full+short+torn+power-loss+bit-flip+truncate',
    survival: 'some',
    distribution: 'exponential',
  },
  packet: { direction: 'one-way', clients: true },
  membership: { least: 1, modes: 'replace' },
  upgrade: { mistakes: 'version:c+version:b', victims: 'followers' },
  dependency: { modes: 'gone+slow', delay: 10 },
  byzantine: { traitors: 2, victims: 'leader+n2', delay: 20 },
}

/** What a seed decides, with keys in one order. */
const planOf = (name: string, seed: number, options: Options, context: PlanContext): unknown => {
  const nemesis = nemeses[name]
  const defaults = Object.entries(nemesis?.options ?? {}).map(([key, spec]) => [key, spec.default] as const)
  const plan = nemesis?.plan(
    rngFromSeed(seed).fork(name),
    { ...Object.fromEntries(defaults), ...options },
    context,
  )
  return plan?.map(({ id, atNs, durationNs, model, intent }) => {
    const sorted = Object.entries(intent).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return [id, atNs, durationNs, model, sorted]
  })
}

const digestOf = (name: string): string => {
  const dense = { interval: 900, duration: 300 }
  const plans = SEEDS.flatMap((seed) => [
    planOf(name, seed, {}, five),
    planOf(name, seed, dense, three),
    planOf(name, seed, { ...dense, ...EVERYTHING[name] }, five),
  ])
  return createHash('sha256').update(JSON.stringify(plans)).digest('hex').slice(0, 12)
}

const DIGESTS: Readonly<Record<string, string>> = {
  partition: 'e26cad05e034',
  packet: '2d1872940b5e',
  connection: '580930454497',
  kill: '27b489e7f8a4',
  pause: '731bf759e555',
  clock: '7d3eaa38362b',
  disk: '1d9b86b80f95',
  io: 'f164e796f9a0',
  memory: '38c4adc13c73',
  membership: 'fbf1829d1dbe',
  upgrade: 'b828362fc2ee',
  dependency: 'e4af49a6dc9b',
  cpu: '30eebeb7ebac',
  adversary: '8ad6d36508f8',
  byzantine: '35bffa329978',
}

it.each(Object.keys(nemeses))('every seed still has the same plan of %s', (name) => {
  expect(digestOf(name)).toBe(DIGESTS[name])
})
