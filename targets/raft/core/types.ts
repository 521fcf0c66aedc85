/**
 * The vocabulary of the Raft core (Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm",
 * USENIX ATC 2014; Ongaro's thesis, 2014, for pre-vote, ReadIndex and membership).
 */
export type NodeId = string

/** What the log carries. `op` is for the state machine; the core understands `config` alone. */
export type Command =
  | { readonly kind: 'noop' }
  | { readonly kind: 'config'; readonly members: readonly NodeId[] }
  | { readonly kind: 'session' }
  /** Of a node's own, without a session: doing it twice is doing it once. */
  | {
      readonly kind: 'internal'
      readonly vocabulary: string
      readonly call: { readonly f: string; readonly value: unknown }
    }
  | {
      readonly kind: 'op'
      readonly session: number
      readonly seq: number
      /** What the call is said in. */
      readonly vocabulary: string
      readonly call: { readonly f: string; readonly value: unknown }
    }

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

export interface Envelope {
  readonly from: NodeId
  readonly to: NodeId
  readonly message: Message
}

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader'

export interface RaftConfig {
  readonly id: NodeId
  /** The first configuration, of a log that has none. */
  readonly members: readonly NodeId[]
  /** An election is due after [electionTicks, 2 * electionTicks) without a leader. */
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
  /** Those after the snapshot, without gaps. */
  readonly entries: readonly Entry[]
}

/**
 * What is to be done, in this order: persist (hard state, snapshot, entries; fsync if `sync`), send, apply, answer
 * reads; then call `advance`.
 */
export interface Ready {
  readonly hardState: HardState | null
  /** Replaces state machine and log. */
  readonly snapshot: Snapshot | null
  /** Appended from `entries[0].index` on: what the log has from there is cut first. */
  readonly entries: readonly Entry[]
  readonly sync: boolean
  readonly messages: readonly Envelope[]
  readonly committed: readonly Entry[]
  /** Reads that may be answered once `index` is applied. */
  readonly reads: readonly { readonly id: number; readonly index: number }[]
  /** Reads that this node can no longer answer. */
  readonly lostReads: readonly number[]
}
