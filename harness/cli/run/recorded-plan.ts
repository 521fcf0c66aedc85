/** Checks that a recorded plan of faults fits the run that is to repeat it. */
import type { PlannedFault } from '../../api/nemesis.ts'
import { UserError } from '../../support/assert.ts'
import { formatDurationMs, NS_PER_MS } from '../../support/time.ts'
import { findNemesis } from './registries.ts'

/** Its nodes must exist, and its times must be within the run. @throws UserError */
export const requireFit = (
  faults: readonly PlannedFault[],
  nodes: readonly string[],
  timeLimitMs: number,
): void => {
  for (const fault of faults) {
    const { id, atNs, durationNs } = fault
    const named = findNemesis(fault.nemesis).nodesNamed?.(fault) ?? []
    const unknown = named.find((name) => !nodes.includes(name))
    if (unknown !== undefined)
      throw new UserError(
        `--faults: ${id} names ${unknown}, and the cluster has ${nodes.join(', ')}: see --nodes.`,
      )
    const endMs = Math.ceil((atNs + durationNs) / NS_PER_MS)
    if (atNs + durationNs > timeLimitMs * NS_PER_MS)
      throw new UserError(`--faults: ${id} ends after ${formatDurationMs(endMs)}, beyond --time-limit.`)
  }
}
