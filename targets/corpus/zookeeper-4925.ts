import type { KnownBug } from '../../harness/api/corpus.ts'
import { planOfSteps } from './plan-of-steps.ts'

/**
 * Two rounds: a follower is stopped for a while; another one is stopped later and started sooner, so that it gets a DIFF; then
 * the leader is stopped, and the first follower comes back to whoever leads now.
 */
const ID = 'zookeeper-4925'

export const zookeeper4925: KnownBug = {
  id: ID,
  system: 'ZooKeeper',
  affected: '3.9.3',
  fixed: '3.9.4',
  link: 'https://github.com/apache/zookeeper/pull/2254',
  what: 'A follower that catches up by a DIFF does not keep those transactions for others; when it leads, it leaves them out of what it sends to a follower that is behind, which has lost them for good.',
  kind: 'bug',
  by: 'plan of steps',
  run: {
    target: 'zookeeper',
    targetOpts: 'version=3.9.3',
    nodes: 5,
    workload: 'set',
    faults: planOfSteps(ID),
    rate: 10,
    timeLimit: '80s',
  },
  control: { targetOpts: 'version=3.9.4' },
  finds: ['set', 'agreement'],
  beyondDefaults:
    'overlapping stops in an order: the harness’s nemeses restart what they stop together, so nobody is behind a member that has caught up; elements that are never written again (the same loss of registers is overwritten before it is read); and few writes a second, as a leader keeps only the last 500 transactions for a DIFF',
}
