/**
 * What Hazelcast's documentation promises of its AP structures, which is little.
 *
 * - "Data Partitioning and Replication": the owner of a part of the data carries out all calls on it, so "each request hits the most
 *   up-to-date version" of an entry "in a stable cluster". Consistency beyond that is best effort.
 * - The same page, "IndeterminateOperationStateException": a change that is acknowledged while that option is on was made exactly
 *   once, on the owner and on its backups. One that failed may be seen and lost, so that is not linearizable.
 * - "Making Your Map Data Safe": backups protect the data if members go down; reads of backups are stale, and monotonic.
 * - "PN Counter": updates are made where they are asked for; if no member fails, all replicas that can communicate converge.
 * - "Split-Brain Protection", "Time Window": between a partition and its detection nothing is guaranteed.
 */
import type { Claims, PromiseName } from '../../harness/api/claims.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import type { HazelcastOptions } from './options.ts'

const PAGE = 'https://docs.hazelcast.com/hazelcast/latest'

/** Promises about acknowledged changes alone: they hold when members fail, too. */
const OF_ACKNOWLEDGED: Claims['consistency'] = {
  [SET.name]: 'eventual',
  [COUNTER.name]: 'eventual',
  [QUEUE.name]: 'fifo-exactly-once',
}

const consistencyOf = ({ reads }: HazelcastOptions): Claims['consistency'] => {
  const read: PromiseName = reads === 'backup' ? 'consistent-prefix' : 'linearizable'
  return {
    [REGISTER.name]: { read, write: 'linearizable', cas: 'linearizable' },
    [APPEND_LOG.name]: { append: 'linearizable', read },
    [LOCK.name]: 'exclusive',
    ...OF_ACKNOWLEDGED,
  }
}

/**
 * A member that is slow for as long as others wait for a word of it is left out like one that failed, and nothing is promised
 * then. Hazelcast waits for a minute, which is more than faults make anything wait.
 */
const LEAST_PATIENCE_MS = 60_000

const toleratedBy = (options: HazelcastOptions, { name }: Vocabulary): Claims['tolerates'] => {
  // Each member adds to its own part of the sum, and has it alone until it has told the others.
  if (name === COUNTER.name && options.counters === 'pn')
    return { timing: 'any', partition: 'any', omission: 'any' }
  const slowness = options['suspect-after'] < LEAST_PATIENCE_MS ? {} : { timing: 'any' as const }
  const isSafe = options['fail-on-indeterminate'] && OF_ACKNOWLEDGED[name] !== undefined
  // All data is in memory, so it survives as many members at once as there are backups.
  return { ...slowness, ...(isSafe ? { kill: options['backup-count'] } : {}) }
}

export const claimsOf = (options: HazelcastOptions, vocabulary: Vocabulary): Claims => ({
  source: `Hazelcast documentation, "Data Partitioning and Replication" (${PAGE}/architecture/data-partitioning)`,
  consistency: consistencyOf(options),
  // "Split-Brain Recovery": both parts stay available. With protection, nothing is promised before the partition is detected.
  ...(options.protection === 'off' ? { minority: 'serve-all' as const } : {}),
  tolerates: toleratedBy(options, vocabulary),
})
