/** Name of a vocabulary -> the data that the state machine keeps for it. */
import type { Call } from '../../../harness/api/history.ts'
import type { Vocabulary } from '../../../harness/api/vocabulary.ts'
import { ACCESS } from '../../../harness/vocabularies/access.ts'
import { APPEND_LOG } from '../../../harness/vocabularies/append-log.ts'
import { BANK } from '../../../harness/vocabularies/bank.ts'
import { BARRIER } from '../../../harness/vocabularies/barrier.ts'
import { BOOKING } from '../../../harness/vocabularies/booking.ts'
import { COUNTER } from '../../../harness/vocabularies/counter.ts'
import { EFFECTS } from '../../../harness/vocabularies/effects.ts'
import { JOB_QUEUE } from '../../../harness/vocabularies/job-queue.ts'
import { LEASE } from '../../../harness/vocabularies/lease.ts'
import { LOCK, SEMAPHORE } from '../../../harness/vocabularies/locks.ts'
import { MULTI_REGISTER } from '../../../harness/vocabularies/multi-register.ts'
import { OUTBOX } from '../../../harness/vocabularies/outbox.ts'
import { PUBLICATION } from '../../../harness/vocabularies/publication.ts'
import { QUEUE } from '../../../harness/vocabularies/queue.ts'
import { REGISTER } from '../../../harness/vocabularies/register.ts'
import { SCHEDULE } from '../../../harness/vocabularies/schedule.ts'
import { SEARCH } from '../../../harness/vocabularies/search.ts'
import { SET } from '../../../harness/vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../../../harness/vocabularies/transactions.ts'
import { UNIQUE_IDS } from '../../../harness/vocabularies/unique-ids.ts'
import { mayChange } from '../../../harness/vocabularies/vocabulary.ts'
import { WATCH } from '../../../harness/vocabularies/watch.ts'
import { access } from './access.ts'
import { bank } from './bank.ts'
import { barriers } from './barriers.ts'
import { changes } from './changes.ts'
import { collections } from './collections.ts'
import { counters } from './counters.ts'
import { ids } from './ids.ts'
import { jobQueue } from './job-queue.ts'
import { jobs } from './jobs.ts'
import { leases } from './leases.ts'
import { locks, semaphores } from './locks.ts'
import { logs } from './logs.ts'
import { outbox } from './outbox.ts'
import { publications } from './publications.ts'
import { queues } from './queues.ts'
import { registers } from './registers.ts'
import { schedules } from './schedules.ts'
import { seats } from './seats.ts'
import { elements } from './sets.ts'
import type { MakeStructure } from './structure.ts'
import { lists, transactionalRegisters } from './transactions.ts'

interface StructureOf {
  readonly vocabulary: Vocabulary
  readonly make: MakeStructure
}

const PARTS: readonly StructureOf[] = [
  { vocabulary: REGISTER, make: registers },
  { vocabulary: SET, make: elements },
  { vocabulary: LIST_APPEND, make: lists },
  { vocabulary: RW_REGISTER, make: transactionalRegisters },
  { vocabulary: MULTI_REGISTER, make: transactionalRegisters },
  { vocabulary: WATCH, make: changes },
  { vocabulary: COUNTER, make: counters },
  { vocabulary: QUEUE, make: queues },
  { vocabulary: UNIQUE_IDS, make: ids },
  { vocabulary: APPEND_LOG, make: logs },
  { vocabulary: LOCK, make: locks },
  { vocabulary: LEASE, make: leases },
  { vocabulary: SEMAPHORE, make: semaphores },
  { vocabulary: BANK, make: bank },
  { vocabulary: BOOKING, make: seats },
  { vocabulary: ACCESS, make: access },
  { vocabulary: PUBLICATION, make: publications },
  { vocabulary: SEARCH, make: collections },
  { vocabulary: BARRIER, make: barriers },
  { vocabulary: EFFECTS, make: jobs },
  { vocabulary: JOB_QUEUE, make: jobQueue },
  { vocabulary: SCHEDULE, make: schedules },
  { vocabulary: OUTBOX, make: outbox },
]

export const structures: Readonly<Record<string, StructureOf>> = Object.fromEntries(
  PARTS.map((part) => [part.vocabulary.name, part]),
)

/**
 * Whether the call changes nothing, so that it needs neither a session nor the log. A call that the vocabulary does not
 * have is internal, and changes something.
 */
export const isRead = (name: string, call: Call): boolean => {
  const vocabulary = structures[name]?.vocabulary
  return vocabulary !== undefined && !mayChange(vocabulary, call)
}
