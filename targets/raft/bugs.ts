/** The planted bugs: each a classic mistake, no two with one cause. `--bug name` switches one on. */
import type { PlantedBug } from '../../harness/api.ts'

const definitions = {
  'no-fsync': {
    description: 'acknowledges before the log is on disk',
    nemeses: ['power'],
    simulatorSeeds: 40,
    realRun: { waitsFor: 'the power-loss nemesis: a killed process keeps its page cache' },
  },
  'vote-not-persisted': {
    description: 'term and vote are kept in memory only: a restarted node votes again',
    nemeses: ['kill'],
    simulatorSeeds: 40,
    realRun: true,
  },
  'stale-read': {
    description: 'any node answers reads from its own state',
    nemeses: ['partition'],
    simulatorSeeds: 10,
    realRun: true,
  },
  'read-without-quorum': {
    description: 'a leader answers reads without asking a quorum whether it still leads',
    nemeses: ['pause'],
    simulatorSeeds: 100,
    realRun: true,
  },
  'read-before-own-commit': {
    description: 'a new leader answers reads before it has committed an entry of its own term',
    nemeses: ['partition', 'kill'],
    simulatorSeeds: 100,
    realRun: true,
  },
  'commit-old-term': {
    description: "commits an older term's entry by counting replicas (figure 8)",
    nemeses: ['partition', 'kill'],
    simulatorSeeds: 1000,
    realRun: true,
  },
  'retry-applied-twice': {
    description: 'ignores session sequence numbers: a retried request takes effect again',
    nemeses: ['partition', 'kill'],
    simulatorSeeds: 40,
    realRun: true,
  },
  'ack-before-replication': {
    description: 'a leader commits what only itself has',
    nemeses: ['partition', 'kill'],
    simulatorSeeds: 10,
    realRun: true,
  },
  'no-truncate': {
    description: "a follower keeps its own entries where they conflict with the leader's",
    nemeses: ['partition'],
    simulatorSeeds: 40,
    realRun: true,
  },
  'no-previous-check': {
    description: 'a follower appends without checking that the entry before matches',
    nemeses: ['partition', 'kill'],
    simulatorSeeds: 40,
    realRun: true,
  },
  'stale-log-election': {
    description: 'votes for candidates whose log is behind',
    nemeses: ['partition', 'kill'],
    simulatorSeeds: 40,
    realRun: true,
  },
  'snapshot-loses-suffix': {
    description: 'a snapshot claims entries that were not yet applied to it',
    nemeses: ['kill'],
    simulatorSeeds: 40,
    realRun: true,
  },
} as const satisfies Record<string, Omit<PlantedBug, 'name' | 'workload'>>

export type Bug = keyof typeof definitions

export const isBug = (name: string): name is Bug => Object.hasOwn(definitions, name)

export const bugs: readonly PlantedBug[] = Object.entries(definitions).map(([name, bug]) => ({
  name,
  workload: 'register',
  ...bug,
}))
