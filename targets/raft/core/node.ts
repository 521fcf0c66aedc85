/** The state of one node, and small questions about it. Only the modules of the core change it. */
import type { Decision } from '../../../harness/api/target.ts'
import type { NodeId } from '../../protocol/commands.ts'
import type { CoreDeviations } from './deviations.ts'
import { Log } from './log.ts'
import type { Entry, Envelope, Message, RaftConfig, Restored, Role, Snapshot } from './types.ts'

/** The latest decisions that a leader tells of. */
const DECISIONS_KEPT = 4

/** What a leader knows of a follower. */
export interface Progress {
  next: number
  match: number
  /** Highest heartbeat round that it answered. */
  round: number
  /** Heard from since the last quorum check. */
  active: boolean
  /** Ticks until an unanswered snapshot is sent again. */
  snapshotWait: number
}

export interface Node {
  readonly config: RaftConfig
  readonly deviations: CoreDeviations
  readonly log: Log
  role: Role
  term: number
  votedFor: NodeId | null
  leader: NodeId | null
  commit: number
  /** What this node committed as a leader, the latest last. */
  decisions: readonly Decision[]
  applied: number
  /** The last index on this node's own disk. */
  persisted: number
  ticks: number
  timeoutTicks: number
  votes: Map<NodeId, boolean>
  progress: Map<NodeId, Progress>
  round: number
  /** Reads that wait for a round to begin, and for one to be answered by a quorum. */
  freshReads: number[]
  pendingReads: { id: number; index: number; round: number }[]
  // What is new since the last `ready`.
  out: Envelope[]
  unstableFrom: number | null
  installed: Snapshot | null
  answeredReads: { id: number; index: number }[]
  lostReads: number[]
}

export const createNode = (config: RaftConfig, restored: Restored, deviations: CoreDeviations): Node => {
  const log = new Log(restored, config.members)
  const base = restored.snapshot?.index ?? 0
  const node: Node = {
    config,
    deviations,
    log,
    role: 'follower',
    term: restored.hardState.term,
    votedFor: restored.hardState.votedFor,
    leader: null,
    commit: base,
    decisions: [],
    applied: base,
    persisted: log.lastIndex,
    ticks: 0,
    timeoutTicks: 0,
    votes: new Map(),
    progress: new Map(),
    round: 0,
    freshReads: [],
    pendingReads: [],
    out: [],
    unstableFrom: null,
    installed: null,
    answeredReads: [],
    lostReads: [],
  }
  resetTimeout(node)
  return node
}

export const resetTimeout = (node: Node): void => {
  const { electionTicks, random } = node.config
  node.ticks = 0
  node.timeoutTicks = electionTicks + Math.floor(random() * electionTicks)
}

export const membersOf = (node: Node): readonly NodeId[] => node.log.members()

export const isMember = (node: Node): boolean => membersOf(node).includes(node.config.id)

export const quorumOf = (node: Node): number => Math.floor(membersOf(node).length / 2) + 1

/** Keeps who had everything up to an index when it was committed. */
export const keepDecision = (node: Node, slot: number, acceptedBy: readonly NodeId[]): void => {
  const configAt = node.log.configIndex()
  const decision: Decision = {
    slot,
    term: node.term,
    acceptedBy,
    members: membersOf(node),
    ...(configAt === 0 ? {} : { formerMembers: node.log.members(configAt - 1) }),
  }
  node.decisions = [...node.decisions.slice(1 - DECISIONS_KEPT), decision]
}

/** How many members of the configuration satisfy the predicate. */
export const countMembers = (node: Node, holds: (id: NodeId) => boolean): number =>
  membersOf(node).filter(holds).length

export const peersOf = (node: Node): readonly NodeId[] =>
  membersOf(node).filter((id) => id !== node.config.id)

export const send = (node: Node, to: NodeId, message: Message): void => {
  node.out.push({ from: node.config.id, to, message })
}

/** Appends to this node's own log and remembers what must be persisted. */
export const appendEntry = (node: Node, entry: Entry): void => {
  node.log.append(entry)
  node.unstableFrom = Math.min(node.unstableFrom ?? entry.index, entry.index)
}

export const becomeFollower = (node: Node, term: number, leader: NodeId | null): void => {
  if (term > node.term) {
    node.term = term
    node.votedFor = null
  }
  node.role = 'follower'
  node.leader = leader
  node.votes = new Map()
  node.progress = new Map()
  node.lostReads.push(...node.freshReads, ...node.pendingReads.map((read) => read.id))
  node.freshReads = []
  node.pendingReads = []
  resetTimeout(node)
}
