/** The registry of vocabularies: name to value. */
import type { Vocabulary } from '../api/vocabulary.ts'
import { ACCESS } from './access.ts'
import { APPEND_LOG } from './append-log.ts'
import { BANK } from './bank.ts'
import { BARRIER } from './barrier.ts'
import { BOOKING } from './booking.ts'
import { COUNTER } from './counter.ts'
import { EFFECTS } from './effects.ts'
import { ELECTION } from './election.ts'
import { JOB_QUEUE } from './job-queue.ts'
import { LEASE } from './lease.ts'
import { LOCK, SEMAPHORE } from './locks.ts'
import { MULTI_REGISTER } from './multi-register.ts'
import { OUTBOX } from './outbox.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK } from './protected.ts'
import { PUBLICATION } from './publication.ts'
import { QUEUE } from './queue.ts'
import { REGISTER } from './register.ts'
import { SCHEDULE } from './schedule.ts'
import { SEARCH } from './search.ts'
import { SET } from './set.ts'
import { LIST_APPEND, RW_REGISTER } from './transactions.ts'
import { UNIQUE_IDS } from './unique-ids.ts'
import { WATCH } from './watch.ts'

const all: readonly Vocabulary[] = [
  REGISTER,
  SET,
  LIST_APPEND,
  RW_REGISTER,
  MULTI_REGISTER,
  COUNTER,
  QUEUE,
  UNIQUE_IDS,
  APPEND_LOG,
  LOCK,
  SEMAPHORE,
  BANK,
  BOOKING,
  ACCESS,
  PUBLICATION,
  SEARCH,
  BARRIER,
  EFFECTS,
  JOB_QUEUE,
  SCHEDULE,
  OUTBOX,
  PROTECTED_LOCK,
  PROTECTED_LEASE,
  ELECTION,
  WATCH,
  LEASE,
]

export const vocabularies: Readonly<Record<string, Vocabulary>> = Object.fromEntries(
  all.map((vocabulary) => [vocabulary.name, vocabulary]),
)
