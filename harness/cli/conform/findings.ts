/** The result of one check. */
export interface Finding {
  /** A vocabulary, or `target`. */
  readonly subject: string
  readonly check: string
  readonly result: 'ok' | 'wrong' | 'not tested'
  /** What was seen; if it is wrong, also how to mend it; if it was not tested, why. */
  readonly note: string
}
