/**
 * How many runs go side by side. A controller whose event loop is late sends late and sees late: it proves less, and its
 * faults come at other times than planned. So the number follows what the runs measured in themselves.
 */

/** Of one run that has ended. */
export interface Load {
  /** How late the event loop of the controller was, at the 99th percentile. */
  readonly loopDelayP99Ms: number
}

/** Up to this, one more run may begin. */
const CALM_MS = 40
/** Above this, the runs disturb each other. */
const LATE_MS = 140

/** @param most never more than that @returns at least 1 */
export const nextJobs = (jobs: number, { loopDelayP99Ms }: Load, most: number): number => {
  if (loopDelayP99Ms > LATE_MS) return Math.max(1, Math.floor(jobs / 2))
  return loopDelayP99Ms <= CALM_MS ? Math.min(most, jobs + 1) : jobs
}
