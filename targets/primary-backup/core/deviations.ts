/** Where a planted bug (`../bugs/`) can make the core break a rule. The healthy value of each field follows the rule. */

export interface CoreDeviations {
  /** Messages are sent before what they depend on is fsynced. */
  readonly skipsFsync: boolean
  /** The number of the view is never written to disk. */
  readonly forgetsView: boolean
  /** A primary's own copy is enough, whatever replication is asked for. */
  readonly commitsAlone: boolean
  /** A voter does not compare the proposer's log with its own. */
  readonly votesForStaleLogs: boolean
  /** A primary does not look at its lease. */
  readonly ignoresLease: boolean
  /** A backup takes entries of a view that is over. */
  readonly takesOldViews: boolean
  /** A node that comes back keeps its entries where they conflict with the primary's. */
  readonly keepsConflicts: boolean
  /** A state transfer carries the end of the log in place of what the state contains. */
  readonly overstatesTransfers: boolean
  /** A new primary answers reads before its first entry is committed. */
  readonly readsBeforePromotion: boolean
}

export const healthyCore: CoreDeviations = {
  skipsFsync: false,
  forgetsView: false,
  commitsAlone: false,
  votesForStaleLogs: false,
  ignoresLease: false,
  takesOldViews: false,
  keepsConflicts: false,
  overstatesTransfers: false,
  readsBeforePromotion: false,
}
