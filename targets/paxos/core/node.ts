/** The state of one node, and small questions about it. Only the modules of the core change it. */
import type { Decision } from '../../../harness/api/target.ts'
import type { NodeId } from '../../protocol/commands.ts'
import { ownerOf } from './ballots.ts'
import type { CoreDeviations } from './deviations.ts'
import type {
  Accepted,
  Ballot,
  Durable,
  Entry,
  Envelope,
  Message,
  PaxosConfig,
  Role,
  Slot,
  Snapshot,
} from './types.ts'

type Promised = Message & { readonly type: 'promise' }

/** A proposal of this leader that is not yet known to be chosen. */
export interface Proposal {
  readonly entry: Entry
  readonly acceptedBy: Set<NodeId>
  readonly sinceTick: number
}

export interface Node {
  readonly config: PaxosConfig
  readonly deviations: CoreDeviations
  /** Ticks since it started. */
  ticks: number
  role: Role
  leader: NodeId | null
  /** When the present wait for a leader began, and how long it lasts. */
  waitingSince: number
  waitTicks: number
  // The acceptor.
  promised: Ballot
  readonly accepted: Map<Slot, Accepted>
  // The learner.
  snapshot: Snapshot | null
  /** Known to be chosen, above the snapshot; perhaps with gaps. */
  readonly chosen: Map<Slot, Entry>
  /** All slots up to it are known to be chosen. */
  chosenTo: Slot
  applied: Slot
  /** When it last asked for what it lacks. */
  askedAt: number
  // The proposer.
  /** Its own, of the last time that it began phase 1; 0: never since it started. */
  ballot: Ballot
  /** The highest that it has heard of. */
  seen: Ballot
  /** Attempts in a row that failed. */
  failures: number
  promises: Map<NodeId, Promised>
  proposals: Map<Slot, Proposal>
  nextSlot: Slot
  /** The latest values that were chosen in its ballots, and who had accepted them then; the latest last. */
  decisions: readonly Decision[]
  /** The last slot that a node told of in phase 1: up to here, values of earlier ballots may be chosen. */
  recoveredTo: Slot
  /** Nodes that have answered since the last check of its quorum. */
  active: Set<NodeId>
  round: number
  rounds: Map<NodeId, number>
  /** Reads that wait for a round to begin, and for one to be answered by a quorum. */
  freshReads: number[]
  pendingReads: { id: number; index: Slot; round: number }[]
  // What is new since the last `ready`.
  fresh: Entry[]
  out: Envelope[]
  /** Answers of this node's acceptor to its own proposer. They count once what they tell of is on the disk. */
  toSelf: Message[]
  unsaved: Accepted[]
  installed: Snapshot | null
  answeredReads: { id: number; index: Slot }[]
  lostReads: number[]
}

export const createNode = (config: PaxosConfig, durable: Durable, deviations: CoreDeviations): Node => {
  const base = durable.snapshot?.index ?? 0
  const node: Node = {
    config: { ...config, ...deviations.quorumsOf(config, config.members.length) },
    deviations,
    ticks: 0,
    role: 'follower',
    leader: null,
    waitingSince: 0,
    waitTicks: 0,
    promised: durable.promised,
    accepted: new Map(durable.accepted.map((each) => [each.entry.slot, each])),
    snapshot: durable.snapshot,
    chosen: new Map(),
    chosenTo: base,
    applied: base,
    askedAt: Number.NEGATIVE_INFINITY,
    ballot: 0,
    seen: 0,
    failures: 0,
    promises: new Map(),
    proposals: new Map(),
    nextSlot: 0,
    decisions: [],
    recoveredTo: 0,
    active: new Set(),
    round: 0,
    rounds: new Map(),
    freshReads: [],
    pendingReads: [],
    fresh: [],
    out: [],
    toSelf: [],
    unsaved: [],
    installed: null,
    answeredReads: [],
    lostReads: [],
  }
  waitForLeader(node, isResumed(node) ? 1 : config.electionTicks)
  return node
}

/** Only of a node with that bug: it has started again and has not yet begun phase 1, and its last promise was to itself. */
export const isResumed = ({ deviations, ballot, promised, config: { id, members } }: Node): boolean =>
  deviations.reusesBallot && ballot === 0 && promised > 0 && ownerOf(promised, members) === id

/** @param atLeast the wait lasts so many ticks, or up to twice as many */
export const waitForLeader = (node: Node, atLeast: number): void => {
  node.waitingSince = node.ticks
  node.waitTicks = atLeast + Math.floor(node.config.random() * atLeast)
}

export const peersOf = (node: Node): readonly NodeId[] =>
  node.config.members.filter((id) => id !== node.config.id)

export const send = (node: Node, to: NodeId, message: Message): void => {
  node.out.push({ from: node.config.id, to, message })
}

/** What an acceptor answers. */
export const reply = (node: Node, to: NodeId, message: Message): void => {
  if (to === node.config.id) node.toSelf.push(message)
  else send(node, to, message)
}

/** It no longer proposes in its ballot. What it has proposed may still be chosen. */
export const stopProposing = (node: Node): void => {
  node.role = 'follower'
  node.promises = new Map()
  node.proposals = new Map()
  node.fresh = []
  node.lostReads.push(...node.freshReads, ...node.pendingReads.map((read) => read.id))
  node.freshReads = []
  node.pendingReads = []
}
