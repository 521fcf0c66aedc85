/**
 * Milliseconds on the monotonic clock of the process, the same for all its threads. (The origin of `performance` differs
 * between threads, and comes from the wall clock, which may have been set in between.)
 */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6
