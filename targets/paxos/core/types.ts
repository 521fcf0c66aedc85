/**
 * The terms of the Paxos core (Lamport, "Paxos Made Simple", 2001; Howard, Malkhi and Spiegelman, "Flexible Paxos: Quorum
 * Intersection Revisited", 2016).
 */
import type { Command, Envelope as EnvelopeOf, NodeId } from '../../protocol/commands.ts'

/** The number of a proposal. Each belongs to one node (`ballots.ts`); 0 is below all. */
export type Ballot = number

/** The number of an instance of the consensus algorithm, from 1 (section 3). */
export type Slot = number

/** The value of a slot. A ballot has one value for a slot, so slot and `proposed` name the value. */
export interface Entry {
  readonly slot: Slot
  /** The ballot in which it was proposed first. It stays when a later leader proposes the value again. */
  readonly proposed: Ballot
  readonly command: Command
}

/** A proposal that an acceptor has accepted. */
export interface Accepted {
  readonly ballot: Ballot
  readonly entry: Entry
}

/** The state machine after all slots up to `index`, which are chosen. */
export interface Snapshot {
  readonly index: Slot
  /** The state machine's own encoding. */
  readonly data: string
}

export type Message =
  /** Phase 1a, for all slots that are not known to be chosen (section 3). */
  | { readonly type: 'prepare'; readonly ballot: Ballot }
  /** Phase 1b. */
  | {
      readonly type: 'promise'
      readonly ballot: Ballot
      /** All slots up to this one are known to be chosen; it says nothing else about them. */
      readonly chosenTo: Slot
      /** Above `chosenTo`. */
      readonly accepted: readonly Accepted[]
    }
  /** Phase 2a; without entries, a heartbeat. */
  | {
      readonly type: 'accept'
      readonly ballot: Ballot
      readonly entries: readonly Entry[]
      /** All slots up to this one are chosen. */
      readonly chosenTo: Slot
      /** A reply to it proves that the ballot was in force after the round began. */
      readonly round: number
    }
  /** Phase 2b. */
  | {
      readonly type: 'accepted'
      readonly ballot: Ballot
      readonly slots: readonly Slot[]
      readonly round: number
    }
  /** The acceptor has promised more than `ballot`. */
  | { readonly type: 'refuse'; readonly ballot: Ballot; readonly promised: Ballot }
  /** A learner asks for the chosen values from a slot on (section 2.3). */
  | { readonly type: 'ask'; readonly from: Slot }
  | { readonly type: 'learn'; readonly entries: readonly Entry[]; readonly chosenTo: Slot }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot; readonly chosenTo: Slot }

export type Envelope = EnvelopeOf<Message>

export type Role = 'follower' | 'candidate' | 'leader'

export interface PaxosConfig {
  readonly id: NodeId
  /** The same on all nodes, in the same order. */
  readonly members: readonly NodeId[]
  /** How many acceptors must promise. */
  readonly phase1: number
  /** How many acceptors must accept. */
  readonly phase2: number
  /** Phase 1 starts after [electionTicks, 2 * electionTicks) without a leader. */
  readonly electionTicks: number
  readonly heartbeatTicks: number
  readonly maxEntriesPerMessage: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/** What an acceptor must remember (section 2.5), and the state machine's snapshot. */
export interface Durable {
  readonly promised: Ballot
  /** The latest of each slot above the snapshot. */
  readonly accepted: readonly Accepted[]
  readonly snapshot: Snapshot | null
}

/**
 * What the driver must do, in this order: persist (snapshot, promise, accepted proposals; fsync if `sync`), send, apply, answer
 * reads; then call `advance`.
 */
export interface Ready {
  /** Replaces the state machine; what the disk holds after it is `PaxosCore.durable`. */
  readonly snapshot: Snapshot | null
  readonly promised: Ballot | null
  readonly accepted: readonly Accepted[]
  readonly sync: boolean
  readonly messages: readonly Envelope[]
  /** Chosen values to apply, in the order of their slots. */
  readonly chosen: readonly Entry[]
  /** Reads that may be answered once all slots up to `index` are applied. */
  readonly reads: readonly { readonly id: number; readonly index: Slot }[]
  /** Reads that this node can no longer answer. */
  readonly lostReads: readonly number[]
}
