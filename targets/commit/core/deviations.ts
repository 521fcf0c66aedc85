/** Where a planted bug can change the core. */

export interface CoreDeviations {
  /** A participant aborts by itself after so many ticks in doubt. Null: never. */
  readonly decidesAloneAfter: number | null
  /** A participant does not wait until its vote is on the disk. */
  readonly skipsVoteSync: boolean
  /** Locks of a transaction in doubt no longer count after so many ticks. Null: they do until it is decided. */
  readonly unlocksAfter: number | null
  /** A participant does not remember that it has promised not to vote. */
  readonly forgetsRefusal: boolean
  /** The coordinator does not wait until its decision is on the disk. */
  readonly skipsDecisionSync: boolean
  /** It writes its decision so many ticks after it has sent it. */
  readonly writesDecisionAfter: number
  /** It forgets a decision when it has sent it, not when all have acknowledged it. */
  readonly forgetsAtOnce: boolean
  /** It begins another transaction for a request that it has had before. */
  readonly repeatsRequests: boolean
  /** It counts votes, whoever they are from. */
  readonly countsMessages: boolean
  /** It takes a decision for made when it has proposed it to the log. */
  readonly decidesBeforeChosen: boolean
  /** Of several decisions in the log, the last one counts. */
  readonly lastDecisionCounts: boolean
  /** The log commits a second transaction for a request that it has committed one for. */
  readonly decidesRepeats: boolean
}

export const healthyCore: CoreDeviations = {
  decidesAloneAfter: null,
  skipsVoteSync: false,
  unlocksAfter: null,
  forgetsRefusal: false,
  skipsDecisionSync: false,
  writesDecisionAfter: 0,
  forgetsAtOnce: false,
  repeatsRequests: false,
  countsMessages: false,
  decidesBeforeChosen: false,
  lastDecisionCounts: false,
  decidesRepeats: false,
}
