/**
 * The Paxos core: ticks, messages and proposals in; `Ready` out. It does no I/O and reads no clock, so the same code runs in a
 * server, under the simulator and in golden transcripts. See `Ready` for the driver's duties.
 *
 * Every node plays all roles (section 2.5): acceptor, learner, and proposer while it leads or wants to.
 */
import type { Decision } from '../../../harness/api/target.ts'
import type { Command, NodeId } from '../../protocol/commands.ts'
import { onAccept, onPrepare } from './acceptor.ts'
import { type CoreDeviations, healthyCore } from './deviations.ts'
import { askForMissing, forget, onAsk, onLearn, onSnapshot } from './learner.ts'
import { createNode, type Node } from './node.ts'
import { checkQuorum, flush, onAccepted, propose, sendHeartbeats } from './phase2.ts'
import { onPromise, onRefused, sendPrepare, startPhase1 } from './proposer.ts'
import { beginReadRound, confirmReads, requestRead } from './reads.ts'
import type { Ballot, Durable, Entry, Message, PaxosConfig, Ready, Role, Slot, Snapshot } from './types.ts'

export class PaxosCore {
  readonly #node: Node
  #savedPromise: Ballot
  #toSelf: readonly Message[] = []

  constructor(config: PaxosConfig, durable: Durable, deviations: CoreDeviations = healthyCore) {
    this.#node = createNode(config, durable, deviations)
    this.#savedPromise = durable.promised
  }

  get role(): Role {
    return this.#node.role
  }
  get leader(): NodeId | null {
    return this.#node.leader
  }
  /** The highest ballot that it takes part in. It never goes back. */
  get promised(): Ballot {
    return this.#node.promised
  }
  get chosenTo(): Slot {
    return this.#node.chosenTo
  }
  get applied(): Slot {
    return this.#node.applied
  }
  /** Who accepted what was chosen lately in its ballots. */
  get decisions(): readonly Decision[] {
    return this.#node.decisions
  }
  get snapshotIndex(): Slot {
    return this.#node.snapshot?.index ?? 0
  }

  /** What the disk must hold. */
  get durable(): Durable {
    const { promised, accepted, snapshot, deviations } = this.#node
    return { promised: deviations.forgetsPromise ? 0 : promised, accepted: [...accepted.values()], snapshot }
  }

  tick(): void {
    const node = this.#node
    node.ticks++
    const isTimeToSend = node.ticks % node.config.heartbeatTicks === 0
    if (node.role === 'leader') {
      if (isTimeToSend) sendHeartbeats(node)
      if (isTimeToSend) askForMissing(node)
      if ((node.ticks - node.waitingSince) % node.config.electionTicks === 0) checkQuorum(node)
    } else if (node.ticks - node.waitingSince >= node.waitTicks) startPhase1(node)
    else if (node.role === 'candidate' && isTimeToSend) sendPrepare(node)
  }

  step(from: NodeId, message: Message): void {
    const node = this.#node
    switch (message.type) {
      case 'prepare':
        return onPrepare(node, from, message)
      case 'promise':
        return onPromise(node, from, message)
      case 'accept':
        return onAccept(node, from, message)
      case 'accepted':
        return onAccepted(node, from, message)
      case 'refuse':
        return onRefused(node, message)
      case 'ask':
        return onAsk(node, from, message)
      case 'learn':
        return onLearn(node, from, message)
      case 'snapshot':
        return onSnapshot(node, from, message)
    }
  }

  /** Proposes the command for the next free slot; null if this node does not lead. */
  propose(command: Command): Omit<Entry, 'command'> | null {
    const node = this.#node
    if (node.role !== 'leader') return null
    const entry: Entry = { slot: node.nextSlot, proposed: node.ballot, command }
    propose(node, entry)
    return { slot: entry.slot, proposed: entry.proposed }
  }

  /** Asks for a linearizable read; `Ready.reads` or `Ready.lostReads` answers under the same id. */
  read(id: number): boolean {
    return requestRead(this.#node, id)
  }

  /** The state machine was saved after all slots up to `applied`. */
  compact(snapshot: Snapshot): void {
    if (snapshot.index <= this.snapshotIndex) return
    this.#node.snapshot = snapshot
    forget(this.#node, snapshot.index)
  }

  /** Null if there is nothing to do. Call `advance` once it has been done. */
  ready(): Ready | null {
    const node = this.#node
    if (beginReadRound(node)) {
      sendHeartbeats(node)
      confirmReads(node)
    }
    flush(node)
    const chosen = this.#takeChosen()
    const ready: Ready = {
      snapshot: node.installed,
      promised: this.#takePromise(),
      accepted: node.unsaved,
      sync: !node.deviations.skipsFsync,
      messages: node.out,
      chosen,
      reads: node.answeredReads,
      lostReads: node.lostReads,
    }
    this.#toSelf = node.toSelf
    node.installed = null
    node.unsaved = []
    node.out = []
    node.toSelf = []
    node.answeredReads = []
    node.lostReads = []
    const lists = [ready.accepted, ready.messages, this.#toSelf, chosen, ready.reads, ready.lostReads]
    const isIdle =
      ready.snapshot === null && ready.promised === null && lists.every((list) => list.length === 0)
    return isIdle ? null : ready
  }

  /** All of the last `Ready` is done: what this node's acceptor promised and accepted is on its disk, and counts. */
  advance(): void {
    const { id } = this.#node.config
    const messages = this.#toSelf
    this.#toSelf = []
    for (const message of messages) this.step(id, message)
  }

  #takePromise(): Ballot | null {
    const { promised, deviations } = this.#node
    const isNew = promised !== this.#savedPromise
    this.#savedPromise = promised
    return isNew && !deviations.forgetsPromise ? promised : null
  }

  #takeChosen(): readonly Entry[] {
    const node = this.#node
    const chosen: Entry[] = []
    while (node.applied < node.chosenTo) {
      node.applied++
      chosen.push(node.chosen.get(node.applied) as Entry)
    }
    return chosen
  }
}

export const emptyDisk: Durable = { promised: 0, accepted: [], snapshot: null }
