/** What a target can claim of the bundled vocabularies if one order of all calls, in real time, explains every answer. */
import type { Claims } from '../harness/api/claims.ts'
import { ACCESS } from '../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../harness/vocabularies/append-log.ts'
import { BANK } from '../harness/vocabularies/bank.ts'
import { BARRIER } from '../harness/vocabularies/barrier.ts'
import { BOOKING } from '../harness/vocabularies/booking.ts'
import { COUNTER } from '../harness/vocabularies/counter.ts'
import { LEASE } from '../harness/vocabularies/lease.ts'
import { LOCK, SEMAPHORE } from '../harness/vocabularies/locks.ts'
import { MULTI_REGISTER } from '../harness/vocabularies/multi-register.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK } from '../harness/vocabularies/protected.ts'
import { PUBLICATION } from '../harness/vocabularies/publication.ts'
import { QUEUE } from '../harness/vocabularies/queue.ts'
import { REGISTER } from '../harness/vocabularies/register.ts'
import { SEARCH } from '../harness/vocabularies/search.ts'
import { SET } from '../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../harness/vocabularies/transactions.ts'
import { UNIQUE_IDS } from '../harness/vocabularies/unique-ids.ts'

export const IN_ONE_ORDER: Claims['consistency'] = {
  [REGISTER.name]: 'linearizable',
  [SET.name]: 'linearizable',
  [LIST_APPEND.name]: 'strict-serializable',
  [RW_REGISTER.name]: 'strict-serializable',
  [MULTI_REGISTER.name]: 'linearizable',
  [COUNTER.name]: 'linearizable',
  [QUEUE.name]: 'linearizable',
  [UNIQUE_IDS.name]: 'ordered',
  [APPEND_LOG.name]: 'linearizable',
  [LOCK.name]: 'linearizable',
  [SEMAPHORE.name]: 'linearizable',
  [LEASE.name]: 'linearizable',
  [PROTECTED_LOCK.name]: 'linearizable',
  [PROTECTED_LEASE.name]: 'linearizable',
  [BANK.name]: 'linearizable',
  [BOOKING.name]: 'linearizable',
  [ACCESS.name]: 'linearizable',
  [PUBLICATION.name]: 'linearizable',
  [SEARCH.name]: 'fail-closed',
  [BARRIER.name]: 'linearizable',
}
