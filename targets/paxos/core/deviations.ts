/**
 * Where a planted bug (`../bugs/`) can make the core break a rule of the papers. The healthy value of each field follows the
 * rule.
 */
import type { Accepted, Role, Slot } from './types.ts'

interface ReadState {
  readonly role: Role
  readonly chosenTo: Slot
}

interface Quorums {
  readonly phase1: number
  readonly phase2: number
}

export interface CoreDeviations {
  /** Promises are never written to disk. */
  readonly forgetsPromise: boolean
  /** Messages are sent before the proposals that they tell of are fsynced. */
  readonly skipsFsync: boolean
  /** An acceptor accepts in a lower ballot than it has promised. */
  readonly acceptsBelowPromise: boolean
  /** A node that starts again goes on at once with its last ballot, and counts its own promise of then. */
  readonly reusesBallot: boolean
  /** A new leader proposes new values in slots of which an acceptor has told an accepted one. */
  readonly ignoresAccepted: boolean
  /** A new leader fills with no-ops the slots of which its own acceptor has nothing. */
  readonly fillsGapsFromOwnLog: boolean
  /** Whether a new leader takes `other` in place of `known`, of one slot. */
  readonly takes: (known: Accepted, other: Accepted) => boolean
  readonly quorumsOf: (healthy: Quorums, nodes: number) => Quorums
  /** A leader answers reads before the values that phase 1 told it are chosen. */
  readonly readsBeforeRecovery: boolean
  /** The slot at which a read is answered at once; null: a quorum is asked first. */
  readonly readIndexAtOnce: (node: ReadState) => Slot | null
}

export const healthyCore: CoreDeviations = {
  forgetsPromise: false,
  skipsFsync: false,
  acceptsBelowPromise: false,
  reusesBallot: false,
  ignoresAccepted: false,
  fillsGapsFromOwnLog: false,
  takes: (known, other) => other.ballot > known.ballot,
  quorumsOf: (healthy) => healthy,
  readsBeforeRecovery: false,
  readIndexAtOnce: () => null,
}
