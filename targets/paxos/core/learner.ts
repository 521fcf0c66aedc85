/** The learner (section 2.3): the leader is the distinguished learner, and tells the others how far values are chosen. */
import type { NodeId } from '../../protocol/commands.ts'
import { type Node, peersOf, send } from './node.ts'
import type { Ballot, Message, Slot } from './types.ts'

type Ask = Message & { readonly type: 'ask' }
type Learn = Message & { readonly type: 'learn' }
type InstallSnapshot = Message & { readonly type: 'snapshot' }

export const advanceChosen = (node: Node): void => {
  while (node.chosen.has(node.chosenTo + 1)) node.chosenTo++
}

/**
 * All slots up to `chosenTo` are chosen. If this node has accepted a value in the very ballot of the leader who says so, that
 * is the value. Otherwise the value may be of another ballot, and it asks.
 */
export const learnAccepted = (node: Node, leader: NodeId, ballot: Ballot, chosenTo: Slot): void => {
  for (let slot = node.chosenTo + 1; slot <= chosenTo; slot++) {
    const accepted = node.accepted.get(slot)
    if (accepted?.ballot === ballot) node.chosen.set(slot, accepted.entry)
  }
  advanceChosen(node)
  // While an answer may be on its way, it does not ask again.
  if (node.chosenTo < chosenTo && node.ticks - node.askedAt >= node.config.heartbeatTicks)
    askFor(node, leader)
}

const askFor = (node: Node, from: NodeId): void => {
  if (from === node.config.id) return
  node.askedAt = node.ticks
  send(node, from, { type: 'ask', from: node.chosenTo + 1 })
}

/** A leader asks for chosen values that it has not proposed itself: the others knew them in phase 1. */
export const askForMissing = (node: Node): void => {
  const next = node.chosenTo + 1
  if (next >= node.nextSlot || node.proposals.has(next)) return
  for (const peer of peersOf(node)) askFor(node, peer)
}

/** Any node tells what it knows; the snapshot, if it has no longer what was asked for. */
export const onAsk = (node: Node, from: NodeId, ask: Ask): void => {
  const { snapshot, chosenTo } = node
  if (snapshot !== null && ask.from <= snapshot.index)
    return send(node, from, { type: 'snapshot', snapshot, chosenTo })
  const last = Math.min(chosenTo, ask.from + node.config.maxEntriesPerMessage - 1)
  const slots = Array.from({ length: Math.max(0, last - ask.from + 1) }, (_, i) => ask.from + i)
  const entries = slots.flatMap((slot) => node.chosen.get(slot) ?? [])
  if (entries.length > 0) send(node, from, { type: 'learn', entries, chosenTo })
}

export const onLearn = (node: Node, from: NodeId, { entries, chosenTo }: Learn): void => {
  for (const entry of entries) if (entry.slot > node.chosenTo) node.chosen.set(entry.slot, entry)
  advanceChosen(node)
  if (node.chosenTo < chosenTo) askFor(node, from)
}

export const onSnapshot = (node: Node, from: NodeId, { snapshot, chosenTo }: InstallSnapshot): void => {
  if (snapshot.index > node.chosenTo) {
    node.installed = snapshot
    node.chosenTo = snapshot.index
    node.applied = snapshot.index
    forget(node, snapshot.index)
    node.snapshot = snapshot
    advanceChosen(node)
  }
  if (node.chosenTo < chosenTo) askFor(node, from)
}

/** What a snapshot covers is chosen and needs no acceptor any more. */
export const forget = (node: Node, upTo: Slot): void => {
  for (const slot of node.accepted.keys()) if (slot <= upTo) node.accepted.delete(slot)
  for (const slot of node.chosen.keys()) if (slot <= upTo) node.chosen.delete(slot)
  node.unsaved = node.unsaved.filter(({ entry }) => entry.slot > upTo)
}
