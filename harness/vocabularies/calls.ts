/** Vocabulary -> the names of its calls: a history with any other is of another vocabulary. */
import { ACCESS } from './access.ts'
import { APPEND_LOG } from './append-log.ts'
import { BANK } from './bank.ts'
import { BOOKING } from './booking.ts'
import { COUNTER } from './counter.ts'
import { EFFECTS } from './effects.ts'
import { ELECTION } from './election.ts'
import { LEASE } from './lease.ts'
import { LOCK, SEMAPHORE } from './locks.ts'
import { MULTI_REGISTER } from './multi-register.ts'
import { QUEUE } from './queue.ts'
import { REGISTER } from './register.ts'
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
  [EFFECTS]: ['submit', 'pending'],
  [ELECTION]: ['leader'],
  [LEASE]: ['acquire', 'release'],
  [LIST_APPEND]: ['txn'],
  [LOCK]: ['acquire', 'release'],
  [MULTI_REGISTER]: ['txn'],
  [QUEUE]: ['enqueue', 'dequeue'],
  [REGISTER]: ['read', 'write', 'cas'],
  [RW_REGISTER]: ['txn'],
  [SEMAPHORE]: ['acquire', 'release'],
  [SET]: ['add', 'read'],
  [UNIQUE_IDS]: ['generate'],
  [WATCH]: ['put', 'watch'],
}
