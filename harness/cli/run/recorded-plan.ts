/** A plan of faults that a run recorded: whether it fits the run that is to inject it again. */
import type { PlannedFault } from '../../api/nemesis.ts'
import { UserError } from '../../support/assert.ts'
import { formatDurationMs, NS_PER_MS } from '../../support/time.ts'
import { findNemesis } from './registries.ts'

/** It names nodes and times: both must be there. @throws UserError */
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
