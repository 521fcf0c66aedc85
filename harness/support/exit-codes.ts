/** The exit codes of commands, for scripts and CI. Other files use these names, never the numbers. */

export const EXIT_CODES = {
  /** The verdict is valid; for a command without a verdict: it succeeded. */
  valid: 0,
  /** A promise was broken; for a benchmark or the demo: the result was not the expected one. */
  invalid: 1,
  /** Nothing was proved. This never counts as a pass. */
  unknown: 2,
  /** Of a suite: the cluster did not come back in some run, and broke no other promise. */
  notRecovered: 3,
  /** Of a suite: a run tested too little to prove anything. */
  vacuous: 4,
  /** Of a suite: a finding that it expects did not show. */
  missing: 5,
  /** Of a repeated run: what it had found did not show again. */
  notReproduced: 6,
  /** The cluster did not start, or its set-up failed. */
  targetFailed: 253,
  /** The harness could not do its work. */
  harnessFailed: 254,
  badUsage: 255,
} as const
