/**
 * Who is the primary.
 *
 * - `timeout`: a backup that hears nothing for long enough makes itself the primary. Nobody is asked.
 * - `majority`: it asks all nodes. Each votes for views that grow, keeps that number on its disk, votes only for a log that is
 *   not older than its own, and only once it has not heard from a primary for longer than a lease lasts (VR, section 4.2, with the
 *   best log at the proposer, as in Raft, section 5.4.1).
 * - `view-service`: it does what the service says (van Renesse and Schneider, "Chain Replication", OSDI 2004, section 2: the
 *   master; VR 1988 and PacificA, Microsoft Research 2008, section 3, for views that are configurations).
 */
import type { NodeId } from '../../protocol/commands.ts'
import { hasContact, isPromoted } from './contact.ts'
import {
  becomeBackup,
  becomePrimary,
  giveTime,
  majorityOf,
  type Node,
  nextOwnView,
  othersOf,
  send,
} from './node.ts'
import { broadcast, inSync } from './replication.ts'
import { type Message, type Position, VIEW_SERVICE } from './types.ts'

type Propose = Message & { readonly type: 'propose' }
type ServiceAnswer = Message & { readonly type: 'view' }

/** Position of the log's end: the later view, then the longer log (Raft, section 5.4.1; VR, section 4.2, step 3). */
export const isAtLeast = (a: Position, b: Position): boolean =>
  a.view > b.view || (a.view === b.view && a.index >= b.index)

const silentFor = (node: Node): number => node.config.now() - node.heardAt

/** Called with each tick of a node that is not the primary. */
export const watchPrimary = (node: Node): void => {
  const { failover, failoverTicks, now, id, nodes } = node.config
  // It has its own word that it is the primary of this view: nobody else can be.
  const isOwn = node.primary === id && (failover === 'none' || failover === 'timeout')
  if (isOwn) return promote(node, node.view)
  if (now() < node.impatientAt) return
  if (failover === 'timeout') return promote(node, nextOwnView(node))
  if (failover !== 'majority') return
  if (node.proposal !== null && now() - node.proposal.at < failoverTicks / 2) return
  const view = nextOwnView(node)
  node.primary = null
  node.seen = view
  node.proposal = { view, votes: new Set([id]), at: now() }
  for (const other of othersOf(node)) send(node, other, { type: 'propose', view, last: node.log.last })
  if (nodes.length === 1) promote(node, view)
}

const promote = (node: Node, view: number): void => {
  becomePrimary(node, view, node.config.nodes)
  broadcast(node)
}

export const onPropose = (node: Node, from: NodeId, { view, last }: Propose): void => {
  const { failoverTicks, deviations } = node.config
  node.seen = Math.max(node.seen, view)
  if (view <= node.view) return send(node, from, { type: 'fenced', view: node.view })
  if (hasContact(node) || (node.role === 'backup' && silentFor(node) < failoverTicks)) return
  // Of two that ask at the same time, the one with the higher number goes on.
  if (node.proposal !== null && view < node.proposal.view) return
  if (!isAtLeast(last, node.log.last) && !deviations.votesForStaleLogs) return
  becomeBackup(node, view, null)
  giveTime(node)
  send(node, from, { type: 'vote', view })
}

export const onVote = (node: Node, from: NodeId, view: number): void => {
  const { proposal } = node
  if (node.role === 'primary' || proposal?.view !== view || view <= node.view) return
  proposal.votes.add(from)
  if (proposal.votes.size >= majorityOf(node)) promote(node, view)
}

/** Another node is in a later view: what this one does in its own is over. */
export const onFenced = (node: Node, view: number): void => {
  node.seen = Math.max(node.seen, view)
  if (node.role !== 'primary' || view <= node.view || !node.config.fencing) return
  // It does not enter that view: it has not voted for it, and only hears of it.
  becomeBackup(node, node.view, null)
  giveTime(node)
}

export const ping = (node: Node): void => {
  const { config, view, log } = node
  send(node, VIEW_SERVICE, {
    type: 'ping',
    view,
    acknowledges: isPromoted(node),
    last: log.last,
    inSync: node.role === 'primary' ? inSync(node) : [],
    nodes: config.nodes,
    sentAt: config.now(),
  })
}

export const onView = (node: Node, { view, sentAt }: ServiceAnswer): void => {
  const { id } = node.config
  if (view.number < node.view) return
  if (view.primary !== id) {
    if (view.number > node.view || node.primary === null) becomeBackup(node, view.number, view.primary)
    return
  }
  if (view.number > node.view || node.role !== 'primary') {
    becomePrimary(node, view.number, view.members)
    broadcast(node)
  }
  node.confirmedAt = Math.max(node.confirmedAt, sentAt)
}
