/**
 * Milliseconds on the process's monotonic clock: one for all its threads. (What `performance` counts from is each
 * thread's own, and taken from the wall clock, which may have been set in between.)
 */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6
