/** Vocabulary -> what the state machine keeps for it, and which of its calls change nothing. */
import type { Call } from '../../../harness/api/history.ts'
import { ACCESS } from '../../../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../../../harness/vocabularies/append-log.ts'
import { BANK } from '../../../harness/vocabularies/bank.ts'
import { BOOKING } from '../../../harness/vocabularies/booking.ts'
import { COUNTER } from '../../../harness/vocabularies/counter.ts'
import { EFFECTS } from '../../../harness/vocabularies/effects.ts'
import { JOB_QUEUE } from '../../../harness/vocabularies/job-queue.ts'
import { LEASE } from '../../../harness/vocabularies/lease.ts'
import { LOCK, SEMAPHORE } from '../../../harness/vocabularies/locks.ts'
import { MULTI_REGISTER } from '../../../harness/vocabularies/multi-register.ts'
import { OUTBOX } from '../../../harness/vocabularies/outbox.ts'
import { QUEUE } from '../../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../../harness/vocabularies/register.ts'
import { SCHEDULE } from '../../../harness/vocabularies/schedule.ts'
import { SET } from '../../../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../../../harness/vocabularies/transactions.ts'
import { UNIQUE_IDS } from '../../../harness/vocabularies/unique-ids.ts'
import { WATCH } from '../../../harness/vocabularies/watch.ts'
import { access } from './access.ts'
import { bank } from './bank.ts'
import { changes } from './changes.ts'
import { counters } from './counters.ts'
import { ids } from './ids.ts'
import { jobQueue } from './job-queue.ts'
import { jobs } from './jobs.ts'
import { leases } from './leases.ts'
import { locks, semaphores } from './locks.ts'
import { logs } from './logs.ts'
import { outbox } from './outbox.ts'
import { queues } from './queues.ts'
import { registers } from './registers.ts'
import { schedules } from './schedules.ts'
import { seats } from './seats.ts'
import { elements } from './sets.ts'
import type { MakeStructure } from './structure.ts'
import { lists, transactionalRegisters } from './transactions.ts'

interface Part {
  readonly make: MakeStructure
  isRead(call: Call): boolean
}

const READS: ReadonlySet<string> = new Set(['read', 'check', 'pending', 'ledger'])
const isReadCall = ({ f }: Call): boolean => READS.has(f)
const isReadTransaction = ({ value }: Call): boolean =>
  (value as readonly (readonly [string])[]).every(([f]) => f === 'r')

export const structures: Readonly<Record<string, Part>> = {
  [REGISTER]: { make: registers, isRead: isReadCall },
  [SET]: { make: elements, isRead: isReadCall },
  [LIST_APPEND]: { make: lists, isRead: isReadTransaction },
  [RW_REGISTER]: { make: transactionalRegisters, isRead: isReadTransaction },
  [MULTI_REGISTER]: { make: transactionalRegisters, isRead: isReadTransaction },
  [WATCH]: { make: changes, isRead: ({ f }) => f === 'watch' },
  [COUNTER]: { make: counters, isRead: isReadCall },
  [QUEUE]: { make: queues, isRead: isReadCall },
  [UNIQUE_IDS]: { make: ids, isRead: isReadCall },
  [APPEND_LOG]: { make: logs, isRead: isReadCall },
  [LOCK]: { make: locks, isRead: isReadCall },
  [LEASE]: { make: leases, isRead: isReadCall },
  [SEMAPHORE]: { make: semaphores, isRead: isReadCall },
  [BANK]: { make: bank, isRead: isReadCall },
  [BOOKING]: { make: seats, isRead: isReadCall },
  [ACCESS]: { make: access, isRead: isReadCall },
  [EFFECTS]: { make: jobs, isRead: isReadCall },
  [JOB_QUEUE]: { make: jobQueue, isRead: isReadCall },
  [SCHEDULE]: { make: schedules, isRead: isReadCall },
  [OUTBOX]: { make: outbox, isRead: isReadCall },
}

/** Whether the call changes nothing: then it needs neither a session nor the log. */
export const isRead = (vocabulary: string, call: Call): boolean =>
  structures[vocabulary]?.isRead(call) ?? false
