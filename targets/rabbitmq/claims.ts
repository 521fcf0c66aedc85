/** What RabbitMQ's documentation promises, by the kind of queue and how partitions are handled. */
import type { Claims } from '../../harness/api/claims.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import type { RabbitOptions } from './options.ts'

type Tolerates = Claims['tolerates']

const LOST_BY_SPLIT: Tolerates = { partition: 'any', omission: 'any', pause: 'any' }

/**
 * "Quorum Queues", data safety: what was confirmed is not lost under network partitions and failures as long as a majority
 * is not lost for good. But queues are declared while a run lasts, and "Clustering and Network Partitions" says that what
 * the sides declare separately is lost unless a minority pauses.
 */
const ofQuorumQueues = (options: RabbitOptions): Tolerates => ({
  ...(options['partition-handling'] === 'pause_minority' ? LOST_BY_SPLIT : {}),
  timing: 'any',
  kill: 'any',
})

/**
 * "Classic Queue Mirroring": a message is confirmed when all mirrors have it, and on failure the oldest mirror becomes the
 * leader. Unless `ha-promote-on-failure` is `when-synced`, this may be one that lacks messages. A pause splits the cluster
 * whatever `pause_minority` does ("Partitions Caused by Suspend and Resume").
 */
const ofMirroredQueues = (options: RabbitOptions): Tolerates => ({
  ...(options['partition-handling'] === 'pause_minority' ? { partition: 'any' } : {}),
  ...(options.promote === 'when-synced' ? { kill: 'any' } : {}),
})

/**
 * A power loss is not among what is tolerated: a confirmed message is on disk, but nothing is said of the files that a node
 * needs to start, and it does not sync all of them (README.md).
 */
export const claimsOf = (options: RabbitOptions): Claims => {
  const isQuorum = options.queues === 'quorum'
  return {
    source: `RabbitMQ 3.10 documentation, ${
      isQuorum ? '"Quorum Queues"' : '"Classic Queue Mirroring"'
    }, "Consumer Acknowledgements and Publisher Confirms" and "Clustering and Network Partitions"`,
    // First in, first out holds for one publisher and one consumer, without redeliveries ("Queues", message ordering).
    consistency: { [QUEUE.name]: 'at-least-once' },
    // "Quorum queue replicas on the minority side will no longer make progress."
    ...(isQuorum ? { minority: 'refuse' } : {}),
    logPatterns: {
      crash: '^eheap_alloc: Cannot allocate',
      // Of Raft's log: a torn end after a kill is none of these.
      corruption:
        'wal_checksum_validation_failure|crc_failed_for|ra_log_segment_crc_check_failure|checksum_error|corrupt_log',
    },
    tolerates: isQuorum ? ofQuorumQueues(options) : ofMirroredQueues(options),
  }
}
