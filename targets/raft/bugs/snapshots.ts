/** A snapshot leaves out part of the state: a node that starts from it, or is sent it, differs from the others. */
import { APPEND_LOG } from '../../../harness/vocabularies/append-log.ts'
import { SEMAPHORE } from '../../../harness/vocabularies/locks.ts'
import { QUEUE } from '../../../harness/vocabularies/queue.ts'
import { WATCH, type WatchEvent } from '../../../harness/vocabularies/watch.ts'
import { Changes } from '../../protocol/structures/changes.ts'
import { Semaphores } from '../../protocol/structures/locks.ts'
import { Logs } from '../../protocol/structures/logs.ts'
import { Queues } from '../../protocol/structures/queues.ts'
import type { BugDefinition } from './definition.ts'

type SavedLists = [number, readonly number[]][]

class SortedQueues extends Queues {
  override save(): ReturnType<Queues['save']> {
    return super.save().map(([key, values]) => [key, values.toSorted((a, b) => Number(a) - Number(b))])
  }
}

export const queueSortedInSnapshot: BugDefinition = {
  description: 'snapshots keep the elements of queues, and not their order',
  workload: 'queue',
  realRun: {
    args: '-n kill --nemesis-opts victims=all,interval=2s,duration=500ms --target-opts compact-every=60 --time-limit 15s',
  },
  machine: { structures: { [QUEUE.name]: (saved) => new SortedQueues((saved ?? []) as SavedLists) } },
}

const VALUES_KEPT = 10

class LogTails extends Logs {
  override save(): ReturnType<Logs['save']> {
    return super.save().map(([key, values]) => [key, values.slice(-VALUES_KEPT)])
  }
}

export const logTailInSnapshot: BugDefinition = {
  description: `snapshots keep only the last ${VALUES_KEPT} values of each log`,
  workload: 'append-log',
  realRun: {
    args: '-n kill --nemesis-opts victims=all,interval=2s,duration=500ms --target-opts compact-every=60 --time-limit 15s',
  },
  machine: { structures: { [APPEND_LOG.name]: (saved) => new LogTails((saved ?? []) as SavedLists) } },
}

class UnsavedSemaphores extends Semaphores {
  override save(): unknown {
    return []
  }
}

export const permitsNotInSnapshot: BugDefinition = {
  description: 'snapshots leave out who holds permits',
  workload: 'semaphore',
  realRun: {
    args: '--workload-opts per-key=1000 -n kill --nemesis-opts victims=all,interval=3s,duration=300ms --target-opts compact-every=30 --rate 400 --time-limit 25s',
  },
  machine: {
    structures: { [SEMAPHORE.name]: (saved) => new UnsavedSemaphores((saved ?? []) as SavedLists) },
  },
}

class LastChange extends Changes {
  override save(): readonly WatchEvent[] {
    return super.save().slice(-1)
  }
}

export const watchForgetsInSnapshot: BugDefinition = {
  description: 'snapshots keep only the last change: a watch that resumes from before it misses the others',
  workload: 'watch',
  realRun: {
    args: '-n kill --nemesis-opts victims=all,interval=2s,duration=500ms --target-opts compact-every=60 --time-limit 15s',
  },
  machine: { structures: { [WATCH.name]: (saved) => new LastChange((saved ?? []) as WatchEvent[]) } },
}
