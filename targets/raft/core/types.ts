/**
 * The terms of the Raft core (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm",
 * USENIX ATC 2014; Ongaro's thesis, 2014, for pre-vote, ReadIndex and membership).
 */
import type { Envelope as EnvelopeOf, NodeId, Command as SharedCommand } from '../../protocol/commands.ts'

/** What an entry holds. The core interprets only `config`; the rest is for the state machine. */
export type Command = SharedCommand | { readonly kind: 'config'; readonly members: readonly NodeId[] }

export interface Entry {
  readonly index: number
  readonly term: number
  readonly command: Command
}

/** What must be on disk before any message that depends on it (section 5.1). */
export interface HardState {
  readonly term: number
  readonly votedFor: NodeId | null
}

/** The state machine at `index`, with the configuration then in force (section 7). */
export interface Snapshot {
  readonly index: number
  readonly term: number
  readonly members: readonly NodeId[]
  /** The state machine's own encoding. */
  readonly data: string
}

export type Message = { readonly term: number } & (
  | { readonly type: 'vote' | 'preVote'; readonly lastIndex: number; readonly lastTerm: number }
  | { readonly type: 'voteReply' | 'preVoteReply'; readonly granted: boolean }
  | {
      readonly type: 'append'
      readonly prevIndex: number
      readonly prevTerm: number
      readonly entries: readonly Entry[]
      readonly commit: number
      /** Heartbeat round: a reply to it proves leadership after the round began (ReadIndex). */
      readonly round: number
    }
  | {
      readonly type: 'appendReply'
      readonly success: boolean
      /** Success: the last entry known to match. Failure: where the follower's log may still match. */
      readonly index: number
      readonly round: number
    }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot; readonly round: number }
)

export type Envelope = EnvelopeOf<Message>

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader'

export interface RaftConfig {
  readonly id: NodeId
  /** The configuration while the log has none. */
  readonly members: readonly NodeId[]
  /** An election starts after [electionTicks, 2 * electionTicks) without a leader. */
  readonly electionTicks: number
  readonly heartbeatTicks: number
  readonly maxEntriesPerAppend: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/** What a node finds on its disk. */
export interface Restored {
  readonly hardState: HardState
  readonly snapshot: Snapshot | null
  /** The entries after the snapshot, without gaps. */
  readonly entries: readonly Entry[]
}

/**
 * What the driver must do, in this order: persist (hard state, snapshot, entries; fsync if `sync`), send, apply, answer
 * reads; then call `advance`.
 */
export interface Ready {
  readonly hardState: HardState | null
  /** Replaces state machine and log. */
  readonly snapshot: Snapshot | null
  /** To append from `entries[0].index` on, after the log was cut there. */
  readonly entries: readonly Entry[]
  readonly sync: boolean
  readonly messages: readonly Envelope[]
  readonly committed: readonly Entry[]
  /** Reads that may be answered once `index` is applied. */
  readonly reads: readonly { readonly id: number; readonly index: number }[]
  /** Reads that this node can no longer answer. */
  readonly lostReads: readonly number[]
}
