/** What bundled clusters claim alike: the faults that they stand, and what a replicated state machine promises to its clients. */
import type { Claims, Delivery } from '../../harness/api/claims.ts'
import { EFFECTS } from '../../harness/vocabularies/effects.ts'
import { ELECTION } from '../../harness/vocabularies/election.ts'
import { JOB_QUEUE } from '../../harness/vocabularies/job-queue.ts'
import { OUTBOX } from '../../harness/vocabularies/outbox.ts'
import { SCHEDULE } from '../../harness/vocabularies/schedule.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import { IN_ONE_ORDER } from '../one-order.ts'

/** Faults of nodes that keep their word, any number of them: what is on their disks stays there, and nobody lies. */
export const CRASHES_AND_NETWORKS = {
  partition: 'any',
  omission: 'any',
  timing: 'any',
  kill: 'any',
  pause: 'any',
  clock: 'any',
  'power-loss': 'any',
  'disk-errors': 'any',
} as const satisfies Claims['tolerates']

/** A node that finds its log damaged says so and does not start; it does not crash otherwise. */
export const OF_BUNDLED_SERVERS = {
  neverPanics: true,
  logPatterns: { corruption: ': refusing to start$' },
  recoversWithinMs: 15_000,
} as const satisfies Partial<Claims>

/** @param sinkMode of the option `sink` */
export const consistencyOf = (sinkMode: string): Claims['consistency'] => {
  // A crash between an effect and its record repeats the effect. Only a sink that remembers the key can prevent that.
  const delivered: Delivery = sinkMode === 'deduplicating' ? 'exactly-once' : 'at-least-once'
  return {
    // Every object has one order of calls.
    ...IN_ONE_ORDER,
    [WATCH.name]: 'exactly-once',
    [ELECTION.name]: 'linearizable',
    [EFFECTS.name]: delivered,
    [JOB_QUEUE.name]: delivered,
    [SCHEDULE.name]: delivered,
    [OUTBOX.name]: delivered,
  }
}
