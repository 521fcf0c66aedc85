/** The exit codes of commands, for scripts and CI. Other files use these names, never the numbers. */

export const EXIT_CODES = {
  /** The verdict is valid; for a command without a verdict: it succeeded. */
  valid: 0,
  /** A promise was broken; for a benchmark or the demo: the result was not the expected one. */
  invalid: 1,
  /** Nothing was proved. This never counts as a pass. */
  unknown: 2,
  /** The harness could not do its work. */
  harnessFailed: 254,
  badUsage: 255,
} as const
