/** The registry of workloads: name to value. */
import type { Workload } from '../harness/api/workload.ts'
import { access } from './access.ts'
import { appendLog } from './append-log.ts'
import { bank } from './bank.ts'
import { barrier } from './barrier.ts'
import { booking } from './booking.ts'
import { causal } from './causal.ts'
import { counter } from './counter.ts'
import { effects } from './effects.ts'
import { election } from './election.ts'
import { jobQueue } from './job-queue.ts'
import { lease } from './lease.ts'
import { lock, semaphoreWorkload } from './locks.ts'
import { multiRegister } from './multi-register.ts'
import { outbox } from './outbox.ts'
import { protectedLease, protectedLock } from './protected.ts'
import { publication } from './publication.ts'
import { queue } from './queue.ts'
import { register } from './register.ts'
import { scheduledJob } from './scheduled-job.ts'
import { search } from './search.ts'
import { set } from './set.ts'
import { listAppendWorkload, longForkWorkload, rwRegisterWorkload, sessionsWorkload } from './transactions.ts'
import { uniqueIds } from './unique-ids.ts'
import { watch } from './watch.ts'

const all: readonly Workload[] = [
  register,
  causal,
  set,
  listAppendWorkload,
  rwRegisterWorkload,
  sessionsWorkload,
  longForkWorkload,
  multiRegister,
  counter,
  queue,
  uniqueIds,
  appendLog,
  lock,
  semaphoreWorkload,
  bank,
  booking,
  access,
  publication,
  search,
  barrier,
  effects,
  jobQueue,
  scheduledJob,
  outbox,
  protectedLock,
  protectedLease,
  election,
  watch,
  lease,
]

export const workloads: Readonly<Record<string, Workload>> = Object.fromEntries(
  all.map((workload) => [workload.name, workload]),
)
