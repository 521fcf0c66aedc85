/** How a command ends, for scripts and CI. The only place where these numbers stand for something. */

export const EXIT_CODES = {
  /** The verdict is valid; of a command without a verdict: it did its work. */
  valid: 0,
  /** A promise was broken; of a benchmark or the demo: not what was to be shown. */
  invalid: 1,
  /** Nothing was proved; it never counts as a pass. */
  unknown: 2,
  /** The harness could not do its work. */
  harnessFailed: 254,
  badUsage: 255,
} as const
