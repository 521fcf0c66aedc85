/** Vocabulary -> the names of its calls: a history with any other is of another vocabulary. */
import { ACCESS } from './access.ts'
import { APPEND_LOG } from './append-log.ts'
import { BANK } from './bank.ts'
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
import { QUEUE } from './queue.ts'
import { REGISTER } from './register.ts'
import { SCHEDULE } from './schedule.ts'
import { SET } from './set.ts'
import { LIST_APPEND, RW_REGISTER } from './transactions.ts'
import { UNIQUE_IDS } from './unique-ids.ts'
import { WATCH } from './watch.ts'

export const CALLS: Readonly<Record<string, readonly string[]>> = {
  [ACCESS]: ['grant', 'revoke', 'check'],
  [APPEND_LOG]: ['append', 'read'],
  [BANK]: ['transfer', 'read'],
  [BOOKING]: ['book', 'read'],
  [COUNTER]: ['add', 'read'],
  [EFFECTS]: ['submit', 'pending', 'ledger'],
  [ELECTION]: ['leader'],
  [JOB_QUEUE]: ['submit', 'work', 'pending', 'ledger'],
  [LEASE]: ['acquire', 'release'],
  [LIST_APPEND]: ['txn'],
  [LOCK]: ['acquire', 'release'],
  [MULTI_REGISTER]: ['txn'],
  [OUTBOX]: ['update', 'read', 'pending', 'ledger'],
  [PROTECTED_LEASE]: ['acquire', 'release', 'enter', 'leave'],
  [PROTECTED_LOCK]: ['acquire', 'release', 'enter', 'leave'],
  [QUEUE]: ['enqueue', 'dequeue'],
  [REGISTER]: ['read', 'write', 'cas'],
  [RW_REGISTER]: ['txn'],
  [SCHEDULE]: ['schedule', 'pending', 'ledger'],
  [SEMAPHORE]: ['acquire', 'release'],
  [SET]: ['add', 'read'],
  [UNIQUE_IDS]: ['generate'],
  [WATCH]: ['put', 'watch'],
}
