/**
 * The words of atomic commitment, as Gray and Lampson use them ("Consensus on Transaction Commit", 2006, sections 2 and 3): a
 * transaction manager, here called coordinator, asks resource managers, here called participants, to prepare; each votes, and
 * the coordinator decides.
 */
import { emptyDisk as emptyLog } from '../../paxos/core/paxos.ts'
import type {
  Accepted,
  Ballot,
  Durable as LogDurable,
  Message as PaxosMessage,
  Slot,
} from '../../paxos/core/types.ts'
import type { Envelope as EnvelopeOf, NodeId } from '../../protocol/commands.ts'
import type { Key, Step, Writes } from './steps.ts'

/** `n1.2.17`: the 17th that n1 coordinates since its 2nd start. Never used again, since a start is counted on disk. */
export type TransactionId = string

export type Outcome = 'commit' | 'abort'

/**
 * Why a transaction is aborted.
 * - `locked`: a participant voted no, because another transaction holds a lock there;
 * - `condition`: a participant voted no, because a condition does not hold there, such as that money is enough;
 * - `timeout`: a vote did not come in time;
 * - `unknown`: the coordinator knows nothing of it (presumed abort);
 * - `not-voted`: a participant was asked that had not voted, and it has promised not to (cooperative termination);
 * - `told`: another participant has aborted it;
 * - `repeated`: another transaction was committed for the same request (replicated coordinator);
 * - `alone`: a participant decided by itself, which no healthy one does.
 */
export type Reason =
  | 'locked'
  | 'condition'
  | 'timeout'
  | 'unknown'
  | 'not-voted'
  | 'told'
  | 'repeated'
  | 'alone'

export type Vote =
  | { readonly vote: 'yes'; readonly results: readonly unknown[] }
  | { readonly vote: 'no'; readonly why: Reason }

export type Message =
  | {
      readonly type: 'prepare'
      readonly tx: TransactionId
      readonly participants: readonly NodeId[]
      readonly steps: readonly Step[]
      /** All transactions of this coordinator before this place are over for every participant. */
      readonly floor: number
      /** It only reads, and only here: an answer is enough, nothing has to be decided. */
      readonly isLoneRead: boolean
    }
  | ({ readonly type: 'vote'; readonly tx: TransactionId } & Vote)
  | {
      readonly type: 'decision'
      readonly tx: TransactionId
      readonly outcome: Outcome
      readonly why: Reason | null
    }
  /** The participant has the commit on disk, and will not ask again. */
  | { readonly type: 'ack'; readonly tx: TransactionId }
  /** A participant in doubt asks the coordinator and the other participants. */
  | { readonly type: 'ask'; readonly tx: TransactionId; readonly participants: readonly NodeId[] }
  /** To the node that leads the log of decisions (replicated coordinator). */
  | { readonly type: 'propose'; readonly proposal: Proposal }
  /** Between the nodes that hold this log. */
  | { readonly type: 'paxos'; readonly message: PaxosMessage }

export type Envelope = EnvelopeOf<Message>

/** A vote for yes, and what it takes to keep it. */
export interface Prepared {
  readonly tx: TransactionId
  readonly participants: readonly NodeId[]
  /** Keys that it only reads: their locks are shared. */
  readonly reads: readonly Key[]
  readonly writes: Writes
  readonly results: readonly unknown[]
}

/** What a request of a session was answered. Whoever sends it again gets the same answer. */
export interface Answered {
  readonly session: number
  readonly seq: number
  /** Null: a condition did not hold, and nothing was changed. */
  readonly results: readonly unknown[] | null
}

/** A decision to commit, as the coordinator keeps it until every participant has acknowledged it. */
export interface Committed {
  readonly tx: TransactionId
  readonly participants: readonly NodeId[]
  /** The request that it answers. Null: a read, which may be asked again. */
  readonly request: Answered | null
}

/** A decision that somebody wants. The first one in the log of decisions counts. */
export interface Proposal {
  readonly tx: TransactionId
  readonly outcome: Outcome
  readonly why: Reason | null
  /** The request that it answers: of a commit, or where a condition does not hold. */
  readonly request: Answered | null
  /** Its transaction began when its coordinator had applied the slots up to this one. */
  readonly since: Slot
  /** Who proposes it, and up to which slot that node has applied decisions, and has them on disk. */
  readonly from: NodeId
  readonly appliedTo: Slot
}

/** What is added to the log on disk. */
export type Entry =
  | { readonly type: 'start'; readonly start: number }
  | { readonly type: 'prepared'; readonly prepared: Prepared }
  /** Of a participant: it has learned the outcome, or has voted no. */
  | { readonly type: 'outcome'; readonly tx: TransactionId; readonly outcome: Outcome }
  /** Of the coordinator. There is none for an abort: what it does not know is aborted. */
  | { readonly type: 'committed'; readonly committed: Committed }
  /** Of the coordinator: it has answered that a condition did not hold. */
  | { readonly type: 'refused'; readonly request: Answered }
  /** Of the coordinator: all participants have acknowledged. */
  | { readonly type: 'ended'; readonly tx: TransactionId }
  /** Of an acceptor of the log of decisions. */
  | { readonly type: 'accepted'; readonly promised: Ballot | null; readonly accepted: readonly Accepted[] }
  /** A snapshot has come: this replaces what the acceptor had. */
  | { readonly type: 'log'; readonly log: LogDurable }

/** All that a node has on disk. */
export interface Durable {
  /** How often it has started. */
  readonly start: number
  readonly values: readonly (readonly [Key, unknown])[]
  readonly prepared: readonly Prepared[]
  readonly outcomes: readonly (readonly [TransactionId, Outcome])[]
  readonly floors: readonly (readonly [NodeId, number])[]
  readonly committed: readonly Committed[]
  readonly sessions: readonly (readonly [number, SessionState])[]
  /** Sessions up to this one have expired. */
  readonly expired: number
  /** The log of decisions, if the coordinator is replicated. */
  readonly log: LogDurable
}

export type SessionState = Omit<Answered, 'session'>

/** Asked by a client. */
export interface Request {
  readonly id: number
  /** Null: it only reads. */
  readonly session: { readonly id: number; readonly seq: number } | null
  readonly steps: readonly Step[]
}

export type Answer =
  | { readonly type: 'done'; readonly results: readonly unknown[] }
  /** A condition does not hold: nothing was changed. */
  | { readonly type: 'condition' }
  /** Nothing was changed, and nothing will be. */
  | { readonly type: 'aborted' }
  | { readonly type: 'expired' | 'stale' }

/** What the core asks for: write the entries, then send the messages and answer the clients. */
export interface Ready {
  readonly entries: readonly Entry[]
  /** Whether the entries must be on the disk before anything else happens. */
  readonly sync: boolean
  readonly messages: readonly Envelope[]
  readonly answers: readonly (readonly [request: number, answer: Answer])[]
}

export interface CommitConfig {
  readonly id: NodeId
  /** All nodes. The place of a node decides which keys are its own. */
  readonly members: readonly NodeId[]
  /** A coordinator waits this long for votes. */
  readonly voteTicks: number
  /** A participant in doubt asks, and a coordinator repeats its decision, every so often. */
  readonly askTicks: number
  /** A request that keeps meeting locks is given up after this time. */
  readonly patienceTicks: number
  /** Whether its own disk is enough for a coordinator to decide, or the log of all nodes has to have it. */
  readonly coordinator: 'single' | 'replicated'
  /** The log elects another leader after [electionTicks, 2 * electionTicks) without one. */
  readonly electionTicks: number
  /** A decision stays in the log for at least so many others. A transaction that takes longer is aborted. */
  readonly keptSlots: number
  /** Uniform in [0, 1). */
  readonly random: () => number
}

/** What a node did in a transaction, for whoever watches. */
export type Event = { readonly tx: TransactionId; readonly participants: readonly NodeId[] } & (
  | { readonly did: 'voted'; readonly vote: 'yes' | 'no'; readonly why: Reason | null }
  | {
      readonly did: 'decided'
      readonly as: 'coordinator' | 'participant'
      readonly outcome: Outcome
      readonly why: Reason | null
    }
)

export const emptyDisk: Durable = {
  start: 0,
  values: [],
  prepared: [],
  outcomes: [],
  floors: [],
  committed: [],
  sessions: [],
  expired: 0,
  log: emptyLog,
}

/** The coordinator of a transaction. */
export const coordinatorOf = (tx: TransactionId): NodeId => tx.slice(0, tx.indexOf('.'))

const PER_START = 2 ** 32

/** Transactions of one coordinator are ordered by it. */
export const placeOf = (tx: TransactionId): number => {
  const [, start, number] = tx.split('.')
  return Number(start) * PER_START + Number(number)
}
