/** Checks that a plan of faults that no nemesis made for this run fits the run: a recorded one, or that of an incident. */
import type { PlannedFault } from '../../api/nemesis.ts'
import { UserError } from '../../support/assert.ts'
import { formatDurationMs, NS_PER_MS } from '../../support/time.ts'
import { findNemesis } from './registries.ts'

/**
 * Its nodes must exist, and its times must be within the run.
 *
 * @param whose where the plan comes from, for the sentence
 * @throws UserError
 */
export const requireFit = (
  whose: string,
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
        `${whose}: ${id} names ${unknown}, and the cluster has ${nodes.join(', ')}: see --nodes.`,
      )
    const endMs = Math.ceil((atNs + durationNs) / NS_PER_MS)
    if (atNs + durationNs > timeLimitMs * NS_PER_MS)
      throw new UserError(`${whose}: ${id} ends after ${formatDurationMs(endMs)}, beyond --time-limit.`)
  }
}
