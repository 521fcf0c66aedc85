/** Phase 2, run by the leader for each slot (sections 2.2 and 3). */
import type { NodeId } from '../../protocol/commands.ts'
import { onAccept } from './acceptor.ts'
import { advanceChosen } from './learner.ts'
import { type Node, type Proposal, peersOf, send, stopProposing, waitForLeader } from './node.ts'
import { confirmReads } from './reads.ts'
import type { Entry, Message, Slot } from './types.ts'

/** The latest decisions that a leader tells of. */
const DECISIONS_KEPT = 4

type AcceptedBy = Message & { readonly type: 'accepted' }

/** The next slot gets this value. It is sent with the next `flush`. */
export const propose = (node: Node, entry: Entry): void => {
  node.nextSlot = entry.slot + 1
  node.proposals.set(entry.slot, { entry, acceptedBy: new Set(), sinceTick: node.ticks })
  node.fresh.push(entry)
}

const acceptOf = (node: Node, entries: readonly Entry[]): Message & { readonly type: 'accept' } => ({
  type: 'accept',
  ballot: node.ballot,
  entries,
  chosenTo: node.chosenTo,
  round: node.round,
})

/** Sends what was proposed since the last time, to its own acceptor too. */
export const flush = (node: Node): void => {
  const { fresh } = node
  node.fresh = []
  const { maxEntriesPerMessage } = node.config
  for (let at = 0; at < fresh.length; at += maxEntriesPerMessage) {
    const accept = acceptOf(node, fresh.slice(at, at + maxEntriesPerMessage))
    for (const peer of peersOf(node)) send(node, peer, accept)
    onAccept(node, node.config.id, accept)
  }
}

/** To each, also what it has not accepted so long after it was sent. */
export const sendHeartbeats = (node: Node): void => {
  const { heartbeatTicks, maxEntriesPerMessage } = node.config
  const old = [...node.proposals.values()].filter(({ sinceTick }) => node.ticks - sinceTick >= heartbeatTicks)
  for (const peer of peersOf(node)) {
    const missed = old.filter(({ acceptedBy }) => !acceptedBy.has(peer)).slice(0, maxEntriesPerMessage)
    send(
      node,
      peer,
      acceptOf(
        node,
        missed.map(({ entry }) => entry),
      ),
    )
  }
}

const keepDecision = (node: Node, slot: Slot, { acceptedBy }: Proposal): void => {
  const { members } = node.config
  const decision = { slot, term: node.ballot, acceptedBy: [...acceptedBy], members }
  node.decisions = [...node.decisions.slice(1 - DECISIONS_KEPT), decision]
}

/** A value is chosen once a quorum of acceptors has accepted it in one ballot (2.2). The leader learns it first (2.3). */
export const onAccepted = (node: Node, from: NodeId, { ballot, slots, round }: AcceptedBy): void => {
  if (node.role !== 'leader' || ballot !== node.ballot) return
  node.active.add(from)
  node.rounds.set(from, Math.max(node.rounds.get(from) ?? 0, round))
  for (const slot of slots) {
    const proposal = node.proposals.get(slot)
    proposal?.acceptedBy.add(from)
    if (proposal === undefined || proposal.acceptedBy.size < node.config.phase2) continue
    node.chosen.set(slot, proposal.entry)
    node.proposals.delete(slot)
    keepDecision(node, slot, proposal)
  }
  advanceChosen(node)
  confirmReads(node)
}

/** A leader that has not heard from a quorum for an election timeout stops leading. */
export const checkQuorum = (node: Node): void => {
  node.active.add(node.config.id)
  const isServed = node.active.size >= node.config.phase2
  node.active = new Set()
  if (isServed) return
  stopProposing(node)
  node.leader = null
  waitForLeader(node, node.config.electionTicks)
}
