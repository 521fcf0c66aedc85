/** What NATS's documentation promises, by how soon a write is on disk and who is asked to read. */
import type { Claims } from '../../harness/api/claims.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { QUEUE } from '../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { UNIQUE_IDS } from '../../harness/vocabularies/unique-ids.ts'
import { WATCH } from '../../harness/vocabularies/watch.ts'
import type { NatsOptions } from './options.ts'

const SOURCES =
  'NATS documentation, "JetStream" (persistent and consistent distributed storage, exactly once semantics), "Key/Value Store" and ADR-8'

/**
 * "For writes, the formal consistency model is linearizable"; messages are added in one global order. Of reads no more is
 * promised than that order, whoever answers: read-your-writes is not guaranteed, and a leader is only "more consistent".
 */
const CONSISTENCY: Claims['consistency'] = {
  [APPEND_LOG.name]: { append: 'linearizable', read: 'consistent-prefix' },
  [SET.name]: { add: 'linearizable', read: 'consistent-prefix' },
  [REGISTER.name]: { read: 'consistent-prefix', write: 'linearizable', cas: 'linearizable' },
  [COUNTER.name]: { add: 'linearizable', read: 'consistent-prefix' },
  // "At least once": acknowledgements are not confirmed, and messages are delivered again. The order is that of deliveries.
  [QUEUE.name]: 'at-least-once',
  // Sequences of a stream only grow.
  [UNIQUE_IDS.name]: 'ordered',
  [WATCH.name]: 'exactly-once',
}

/**
 * A majority of three or five servers survives, so any number may be cut off, stopped or killed for a time: what was acknowledged
 * is in the logs of a majority, and a killed server's writes are in the kernel's hands. Only with `always` is it on disk before
 * it is acknowledged: "if multiple servers fail simultaneously before their data has been fsynced", acknowledged messages may be
 * lost, and a single server that lost data may form a majority with servers that never had a message.
 */
export const claimsOf = ({ sync, 'recovers-within': recoversWithinMs }: NatsOptions): Claims => ({
  source: recoversWithinMs === 0 ? SOURCES : `${SOURCES}; and what the run asks (recovers-within)`,
  ...(recoversWithinMs === 0 ? {} : { recoversWithinMs }),
  consistency: CONSISTENCY,
  neverPanics: true,
  tolerates: {
    partition: 'any',
    omission: 'any',
    timing: 'any',
    kill: 'any',
    pause: 'any',
    clock: 'any',
    ...(sync === 'always' ? { 'power-loss': 'any' } : {}),
  },
})
