import type { KnownBug } from '../../harness/api/corpus.ts'
import { planOfSteps } from './plan-of-steps.ts'

/**
 * Two brokers are stopped, one after the other, so that the third is the only one in sync. It loses power, with all that it has not
 * synced, and starts first; then the others come back, who had synced everything when they stopped. All of that happens within half a
 * minute, after which the kernel would have written by itself.
 */
const ID = 'kafka-last-replica'

export const kafkaLastReplica: KnownBug = {
  id: ID,
  system: 'Kafka',
  affected: '4.0.0, without eligible leader replicas',
  fixed: '4.1.1 with them, both as by default',
  link: 'https://cwiki.apache.org/confluence/display/KAFKA/KIP-966%3A+Eligible+Leader+Replicas',
  what: 'The last replica in sync leads again after a power loss, without what it had not synced, and the others, who have all that was acknowledged, cut off their logs to be like it.',
  kind: 'by design',
  by: 'plan of steps',
  run: {
    target: 'kafka',
    targetOpts: 'version=4.0.0',
    workload: 'set',
    faults: planOfSteps(ID),
    timeLimit: '35s',
  },
  control: { targetOpts: 'version=4.1.1' },
  finds: ['set'],
  beyondDefaults:
    'stops in an order, and a power loss of the broker that is left: the harness’s nemeses restart what they stop together, and `-n all` leaves a power loss out because the claims do not tolerate it',
}
