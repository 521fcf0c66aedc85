/** Effects on the outside world: each request must take effect, and only once (see `server/worker.ts`). */
import { JOB_QUEUE } from '../../../harness/vocabularies/job-queue.ts'
import { JobQueue, type SavedJobQueue, type Taken } from '../../protocol/structures/job-queue.ts'
import type { BugDefinition } from './definition.ts'

/** A sink that knows requests by their keys takes each try for a new request. */
export const keyPerAttempt: BugDefinition = {
  description: 'the worker gives each attempt its own idempotency key',
  workload: 'effects',
  realRun: { args: '--target-opts sink=deduplicating --time-limit 8s' },
  server: { sinkKey: (key, worker, attempt) => `${key}#${worker}-${attempt}` },
}

/** A leader that fails in between leaves a request that is done in the log and never happened. */
export const doneBeforeEffect: BugDefinition = {
  description: 'logs a request as done before it asks the outside world for the effect',
  workload: 'effects',
  realRun: {
    args: '--target-opts sink=deduplicating -n dependency --nemesis-opts interval=2s,duration=1s --time-limit 12s',
  },
  server: { recordsBeforeEffect: true },
}

class FinishedJobs extends JobQueue {
  protected override take(index: number): Taken {
    const taken = super.take(index)
    if (taken.request !== null) this.ledger.finish(taken.request.key, index, 'taken')
    return taken
  }
}

/** The job of a worker that fails is given to no other worker. */
export const takenIsDone: BugDefinition = {
  description: 'logs a job as done when a worker takes it, whatever becomes of the worker',
  workload: 'job-queue',
  realRun: {
    args: '--target-opts sink=deduplicating,attempt-timeout=300ms,attempts=1 -n connection --nemesis-opts modes=lost-replies,with=clients,victims=leader,interval=1500ms,duration=700ms --time-limit 12s',
  },
  machine: {
    structures: {
      [JOB_QUEUE.name]: (saved) => new FinishedJobs((saved ?? { ledger: [], lent: [] }) as SavedJobQueue),
    },
  },
}
