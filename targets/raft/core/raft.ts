/**
 * The Raft core: ticks, messages and proposals in; `Ready` out. It does no I/O and reads no clock, so the same
 * code runs in a server, under the simulator and in golden transcripts. See `Ready` for the driver's duties.
 */
import type { Decision } from '../../../harness/api/target.ts'
import type { NodeId } from '../../protocol/commands.ts'
import { broadcastAppend } from './append.ts'
import { type CoreDeviations, healthyCore } from './deviations.ts'
import { checkQuorum, onVoteReply, onVoteRequest, startPreVote } from './elections.ts'
import { appendEntry, becomeFollower, createNode, membersOf, type Node } from './node.ts'
import { beginReadRound, requestRead } from './reads.ts'
import { advanceCommit, onAppend, onAppendReply, onSnapshot } from './replication.ts'
import type {
  Command,
  Entry,
  HardState,
  Message,
  RaftConfig,
  Ready,
  Restored,
  Role,
  Snapshot,
} from './types.ts'

export interface Proposal {
  readonly index: number
  readonly term: number
}

export class RaftCore {
  readonly #node: Node
  #hardState: HardState
  #broadcastDue = false

  constructor(config: RaftConfig, restored: Restored, deviations: CoreDeviations = healthyCore) {
    this.#node = createNode(config, restored, deviations)
    this.#hardState = restored.hardState
  }

  get id(): NodeId {
    return this.#node.config.id
  }
  get role(): Role {
    return this.#node.role
  }
  get term(): number {
    return this.#node.term
  }
  get leader(): NodeId | null {
    return this.#node.leader
  }
  get commit(): number {
    return this.#node.commit
  }
  get applied(): number {
    return this.#node.applied
  }
  get members(): readonly NodeId[] {
    return membersOf(this.#node)
  }
  /** What it committed as a leader, lately. */
  get decisions(): readonly Decision[] {
    return this.#node.decisions
  }
  /** The members by the latest committed configuration, which no failure can undo. */
  get committedMembers(): readonly NodeId[] {
    return this.#node.log.members(this.#node.commit)
  }
  get lastIndex(): number {
    return this.#node.log.lastIndex
  }
  get snapshotIndex(): number {
    return this.#node.log.snapshotIndex
  }

  /** Undefined where the log was compacted, or has no such entry. */
  entryAt(index: number): Entry | undefined {
    return this.#node.log.at(index)
  }

  tick(): void {
    const node = this.#node
    node.ticks++
    if (node.role !== 'leader') {
      if (node.ticks >= node.timeoutTicks) startPreVote(node)
      return
    }
    for (const progress of node.progress.values())
      progress.snapshotWait = Math.max(0, progress.snapshotWait - 1)
    if (node.ticks % node.config.heartbeatTicks === 0) broadcastAppend(node)
    if (node.ticks % node.config.electionTicks === 0) checkQuorum(node)
  }

  step(from: NodeId, message: Message): void {
    const node = this.#node
    const preVote = message.type === 'preVote' || (message.type === 'preVoteReply' && message.granted)
    if (message.term > node.term && !preVote) becomeFollower(node, message.term, null)
    switch (message.type) {
      case 'vote':
      case 'preVote':
        return onVoteRequest(node, from, message)
      case 'append':
        return onAppend(node, from, message)
      case 'snapshot':
        return onSnapshot(node, from, message)
      case 'voteReply':
      case 'preVoteReply':
        return onVoteReply(node, from, message)
      case 'appendReply':
        return message.term < node.term ? undefined : onAppendReply(node, from, message)
    }
  }

  /** Appends to the leader's log; null if this node does not lead. */
  propose(command: Command): Proposal | null {
    const node = this.#node
    if (node.role !== 'leader') return null
    const entry: Entry = { index: node.log.lastIndex + 1, term: node.term, command }
    appendEntry(node, entry)
    this.#broadcastDue = true
    return { index: entry.index, term: entry.term }
  }

  /**
   * Adds or removes one member (thesis, sections 4.1 to 4.3). Refused while another change is uncommitted, and
   * until the leader has committed an entry of its own term (the 2015 correction).
   */
  changeMembers(members: readonly NodeId[]): Proposal | { readonly refused: string } {
    const node = this.#node
    const current = membersOf(node)
    if (node.role !== 'leader') return { refused: 'not the leader' }
    if (node.log.termAt(node.commit) !== node.term)
      return { refused: 'the leader has not yet committed an entry of its term' }
    if (node.log.configIndex() > node.commit) return { refused: 'another membership change is under way' }
    const added = members.filter((id) => !current.includes(id))
    const removed = current.filter((id) => !members.includes(id))
    if (added.length + removed.length !== 1) return { refused: 'members change one at a time' }
    if (members.length === 0) return { refused: 'the last member cannot be removed' }
    const next = node.log.lastIndex + 1
    for (const id of added) node.progress.set(id, { next, match: 0, round: 0, active: true, snapshotWait: 0 })
    const proposal = this.propose({ kind: 'config', members })
    for (const id of removed) node.progress.delete(id)
    return proposal ?? { refused: 'not the leader' }
  }

  /** Asks for a linearizable read; `Ready.reads` or `Ready.lostReads` answers under the same id. */
  read(id: number): boolean {
    return requestRead(this.#node, id)
  }

  /** The state machine was saved at `compactionPoint`. */
  compact(snapshot: Snapshot): void {
    if (snapshot.index > this.#node.log.snapshotIndex) this.#node.log.compact(snapshot)
  }

  /** The index, term and members a snapshot taken now must carry. */
  compactionPoint(): Omit<Snapshot, 'data'> {
    const { log, applied, deviations } = this.#node
    const index = deviations.overstatesSnapshots ? log.lastIndex : applied
    return { index, term: log.termAt(index) ?? 0, members: log.members(index) }
  }

  /** Null if there is nothing to do. Call `advance` once it has been done. */
  ready(): Ready | null {
    const node = this.#node
    if (this.#broadcastDue && node.role === 'leader') broadcastAppend(node)
    this.#broadcastDue = false
    beginReadRound(node)
    const hardState = this.#takeHardState()
    const entries =
      node.unstableFrom === null ? [] : node.log.slice(node.unstableFrom, Number.POSITIVE_INFINITY)
    const committed = this.#takeCommitted()
    const ready: Ready = {
      hardState,
      snapshot: node.installed,
      entries,
      sync: !node.deviations.skipsFsync,
      messages: node.out,
      committed,
      reads: node.answeredReads,
      lostReads: node.lostReads,
    }
    node.unstableFrom = null
    node.installed = null
    node.out = []
    node.answeredReads = []
    node.lostReads = []
    const idle =
      hardState === null &&
      ready.snapshot === null &&
      [entries, ready.messages, committed, ready.reads, ready.lostReads].every((list) => list.length === 0)
    return idle ? null : ready
  }

  /** All of the last `Ready` is done: its entries are on this node's disk. */
  advance(ready: Ready): void {
    const node = this.#node
    const last = ready.entries.at(-1)
    // An entry that was cut or replaced while it was written no longer belongs to this log.
    if (last !== undefined && node.log.termAt(last.index) === last.term)
      node.persisted = Math.max(node.persisted, last.index)
    if (node.role === 'leader') advanceCommit(node)
  }

  #takeHardState(): HardState | null {
    const { term, votedFor } = this.#node
    const changed = term !== this.#hardState.term || votedFor !== this.#hardState.votedFor
    this.#hardState = { term, votedFor }
    return changed && !this.#node.deviations.forgetsVote ? this.#hardState : null
  }

  #takeCommitted(): readonly Entry[] {
    const node = this.#node
    const committed = node.log.slice(node.applied + 1, node.commit - node.applied)
    node.applied += committed.length
    return committed
  }
}

export const initialState: Restored = { hardState: { term: 0, votedFor: null }, snapshot: null, entries: [] }
