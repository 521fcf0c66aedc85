/**
 * What Kafka's documentation promises, by who acknowledges and what is synced.
 *
 * - Design, "Replication": a record is committed when all in-sync replicas have it, only committed records are given to consumers,
 *   and "a committed message will not be lost, as long as there is at least one in sync replica alive, at all times".
 * - Producer configs, `acks`: `all` waits for the in-sync replicas; with `1` an acknowledged record is lost if the leader fails before
 *   others have it; with `0` nothing is guaranteed.
 * - Design, "Unclean leader election": one may choose availability over consistency.
 * - Design, "Message Delivery Semantics" and KIP-98: an idempotent producer's record is stored once.
 * - Introduction, "Topics": a consumer of a partition reads its events in the order in which they were written; a consumer that commits
 *   after processing processes at least once.
 * - Design, "Message Delivery Semantics", and KIP-98: a producer may write to several partitions in one transaction, so that all of it
 *   is written or none. Consumer configs, `isolation.level`: with `read_committed` only what was committed is returned, in the order of
 *   offsets, up to the last stable offset. In which order the records of two transactions come is not promised.
 */
import type { Claims } from '../../harness/api/claims.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import { UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import type { KafkaOptions } from './options.ts'

/**
 * A partition is one order of records. Of reads no more is promised than that they show what is committed: a deposed leader may
 * answer, and a new one knows late what was committed.
 */
const CONSISTENCY: Claims['consistency'] = {
  [APPEND_LOG.name]: { append: 'linearizable', read: 'consistent-prefix' },
  [SET.name]: { add: 'linearizable', read: 'consistent-prefix' },
  [QUEUE.name]: 'fifo-at-least-once',
  [LIST_APPEND.name]: 'committed-reads',
  [UNIQUE_IDS.name]: 'ordered',
  [WATCH.name]: 'exactly-once',
}

/** All brokers may be away for a time: an in-sync replica leads when it is back. */
const SURVIVED: Claims['tolerates'] = {
  partition: 'any',
  omission: 'any',
  timing: 'any',
  kill: 'any',
  pause: 'any',
  clock: 'any',
}

const toleratedBy = ({ acks, unclean, flush }: KafkaOptions): Claims['tolerates'] => {
  // A leader that fails takes with it what only it had, and whoever is out of sync may have less.
  if (acks !== 'all' || unclean) return { clock: 'any' }
  // Without an fsync, what the last replica in sync had not written is lost for all (KIP-966).
  return { ...SURVIVED, ...(flush === 1 ? { 'power-loss': 'any' } : {}) }
}

export const claimsOf = (options: KafkaOptions): Claims => ({
  source: `Kafka ${options.version} documentation, "Design: Replication", "Design: Message Delivery Semantics" and "Producer Configs: acks"; KIP-98`,
  consistency: options.acks === '0' ? {} : CONSISTENCY,
  tolerates: toleratedBy(options),
})
