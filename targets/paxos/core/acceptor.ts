/** The acceptor (section 2.2): what it promises, and what it accepts. Both must be on its disk before it answers (2.5). */
import type { NodeId } from '../../protocol/commands.ts'
import { learnAccepted } from './learner.ts'
import { type Node, reply, stopProposing, waitForLeader } from './node.ts'
import type { Ballot, Entry, Message } from './types.ts'

type Prepare = Message & { readonly type: 'prepare' }
type Accept = Message & { readonly type: 'accept' }

/**
 * An acceptor "can ignore any request without compromising safety" (2.2). It ignores other proposers while a leader is heard:
 * a node that cannot hear the leader would otherwise replace it again and again (2.4).
 */
const hearsAnother = (node: Node, from: NodeId): boolean =>
  node.leader !== null &&
  node.leader !== from &&
  (node.role === 'leader' || node.ticks - node.waitingSince < node.config.electionTicks)

/** From now on it accepts nothing below this ballot. */
const promise = (node: Node, ballot: Ballot): void => {
  node.promised = ballot
  if (ballot > node.ballot && node.role !== 'follower') stopProposing(node)
}

/** P1a, phase 1b. One promise holds for all slots (section 3). */
export const onPrepare = (node: Node, from: NodeId, { ballot }: Prepare): void => {
  if (hearsAnother(node, from)) return
  if (ballot < node.promised) return reply(node, from, { type: 'refuse', ballot, promised: node.promised })
  if (ballot > node.promised) {
    promise(node, ballot)
    node.leader = null
    waitForLeader(node, node.config.electionTicks)
  }
  // What it knows to be chosen it need not tell: a proposer that lacks it learns it (`learner.ts`).
  const accepted = [...node.accepted.values()].filter(({ entry }) => entry.slot > node.chosenTo)
  reply(node, from, { type: 'promise', ballot, chosenTo: node.chosenTo, accepted })
}

/** Phase 2b: it accepts unless it has promised more. */
export const onAccept = (node: Node, from: NodeId, accept: Accept): void => {
  const { ballot, entries, chosenTo, round } = accept
  if (ballot < node.promised && !node.deviations.acceptsBelowPromise)
    return reply(node, from, { type: 'refuse', ballot, promised: node.promised })
  if (ballot > node.promised) promise(node, ballot)
  if (from !== node.config.id) follow(node, from)
  for (const entry of entries) take(node, ballot, entry)
  learnAccepted(node, from, ballot, chosenTo)
  reply(node, from, { type: 'accepted', ballot, slots: entries.map(({ slot }) => slot), round })
}

const follow = (node: Node, leader: NodeId): void => {
  if (node.role !== 'follower') stopProposing(node)
  node.leader = leader
  node.failures = 0
  waitForLeader(node, node.config.electionTicks)
}

const take = (node: Node, ballot: Ballot, entry: Entry): void => {
  // The snapshot has the value of a slot that is chosen, and this is it.
  if (entry.slot <= (node.snapshot?.index ?? 0)) return
  // A ballot has one value for a slot.
  if (node.accepted.get(entry.slot)?.ballot === ballot) return
  const accepted = { ballot, entry }
  node.accepted.set(entry.slot, accepted)
  node.unsaved.push(accepted)
}
