import type { KnownBug } from '../../harness/api/corpus.ts'
import { planOfSteps } from './plan-of-steps.ts'

/**
 * The recipe is that of the project's issue 258. One member is stopped early, another one later, then all others at once. Those two
 * and one of the others start again in this order: the log that is shortest, the longest, the one between. The first one is then the
 * coordinator of the view, and the last one the last in it.
 */
const ID = 'jgroups-raft-251'

export const jgroupsRaft251: KnownBug = {
  id: ID,
  system: 'jgroups-raft',
  affected: '1.0.12',
  fixed: '1.0.13',
  link: 'https://github.com/jgroups-extras/jgroups-raft/issues/251',
  what: 'The coordinator of an election compares each log with its own one only, so the last member of the view that is ahead of it is elected, and what only a longer log has is lost, although a majority had it.',
  kind: 'bug',
  by: 'plan of steps',
  run: {
    target: 'jgroups-raft',
    targetOpts: 'version=1.0.12',
    nodes: 5,
    workload: 'set',
    faults: planOfSteps(ID),
    rate: 20,
    timeLimit: '60s',
  },
  control: { targetOpts: 'version=1.0.13' },
  finds: ['lost element'],
  beyondDefaults:
    'overlapping stops, and starts in an order: the harness’s nemeses start together what they stop together, and whoever comes back later is last in the view, so the coordinator is seldom the one that is behind',
}
