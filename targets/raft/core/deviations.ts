/**
 * Where a planted bug (`../bugs/`) can make the core break a rule of the paper or the thesis. The healthy value of each
 * field follows the rule.
 */
import type { Role } from './types.ts'

interface ReadState {
  readonly role: Role
  readonly commit: number
  readonly applied: number
}

export interface CoreDeviations {
  /** Messages are sent before the entries that they depend on are fsynced. */
  readonly skipsFsync: boolean
  /** Term and vote are never written to disk. */
  readonly forgetsVote: boolean
  /** A voter does not compare the candidate's log with its own. */
  readonly votesForStaleLogs: boolean
  /** A new leader appends no entry of its own term. */
  readonly startsTermWithoutEntry: boolean
  /** A leader commits an entry of an older term as soon as a quorum has it. */
  readonly commitsOlderTerms: boolean
  /** A leader's own copy of an entry is enough to commit it. */
  readonly commitsAlone: boolean
  /** A follower appends without checking that the entry before matches. */
  readonly skipsPreviousCheck: boolean
  /** A follower keeps an entry that conflicts with the leader's. */
  readonly keepsConflicts: boolean
  /** A leader confirms reads before it has committed an entry of its own term. */
  readonly readsBeforeOwnCommit: boolean
  /** A snapshot carries the last index of the log in place of the last index applied. */
  readonly overstatesSnapshots: boolean
  /** The index at which a read is answered at once; null: a quorum is asked first. */
  readonly readIndexAtOnce: (node: ReadState) => number | null
}

export const healthyCore: CoreDeviations = {
  skipsFsync: false,
  forgetsVote: false,
  votesForStaleLogs: false,
  startsTermWithoutEntry: false,
  commitsOlderTerms: false,
  commitsAlone: false,
  skipsPreviousCheck: false,
  keepsConflicts: false,
  readsBeforeOwnCommit: false,
  overstatesSnapshots: false,
  readIndexAtOnce: () => null,
}
