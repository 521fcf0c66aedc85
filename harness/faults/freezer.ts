/** The cgroup freezer: stops all processes of a group at once, including those that ignore SIGSTOP (PID 1). */
import type { FreezerGroup } from '../api/cgroup.ts'
import { waitUntil } from '../support/wait.ts'

const STATE_TIMEOUT_MS = 5000

/** Resolves to true once the kernel reports that all processes are frozen, and to false if it does not within 5 s. */
export const freezeAll = (group: FreezerGroup): Promise<boolean> => {
  group.freeze()
  return waitUntil(() => group.isFrozen(), STATE_TIMEOUT_MS, 5)
}

/** The same for the opposite. */
export const thawAll = (group: FreezerGroup): Promise<boolean> => {
  group.thaw()
  return waitUntil(() => !group.isFrozen(), STATE_TIMEOUT_MS, 5)
}
