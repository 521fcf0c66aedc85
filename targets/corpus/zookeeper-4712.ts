import type { KnownBug } from '../../harness/api/corpus.ts'
import { planOfSteps } from './plan-of-steps.ts'

/**
 * Two rounds: the logs of two followers become slow, the leader is killed while they have transactions to write, and the two are
 * killed when they have written those of the next leader. The control is later than the first version that has it mended, since
 * 3.9.3 has another bug (`zookeeper-4925`).
 */
const ID = 'zookeeper-4712'

export const zookeeper4712: KnownBug = {
  id: ID,
  system: 'ZooKeeper',
  affected: '3.9.2 and before',
  fixed: '3.9.3; the control is 3.9.5',
  link: 'https://github.com/apache/zookeeper/pull/2154',
  what: 'The thread that writes the log of a follower which loses its leader is not stopped, and dies by itself when it acknowledges what it has written, so what it has not yet written never comes into the log, and is lost when the server starts again.',
  kind: 'bug',
  by: 'plan of steps',
  run: {
    target: 'zookeeper',
    targetOpts: 'version=3.9.2,snap-count=100000',
    nodes: 5,
    workload: 'set',
    workloadOpts: 'reads=0.005',
    faults: planOfSteps(ID),
    rate: 150,
    timeLimit: '75s',
    recoveryTimeout: '60s',
  },
  control: { targetOpts: 'version=3.9.5,snap-count=100000' },
  finds: ['set', 'diverging replicas'],
  beyondDefaults:
    'followers whose logs are slow for longer than an election, the kill of the leader meanwhile, and theirs soon after; snapshots as seldom as by ZooKeeper’s own default, since one would hold what the log lacks. Ordinary nemeses (`-n disk,kill`, `disk.modes=latency,disk.latency=3s,disk.victims=minority`, five nodes) showed it in one of two runs of 80 s',
}
