/**
 * What gets lost is sent again (Castro's thesis, section 5.2): replicas tell each other now and then where they stand, and each
 * sends what it has said itself and the other one lacks. What is large comes from the one replica that is asked for it.
 */
import { missingBatches } from './agreement.ts'
import { broadcast, type Node, peersOf, primaryOf, say, send } from './node.ts'
import type { Signed, Status } from './types.ts'

/** Sequence numbers of which a replica is told at once. */
const MOST_SLOTS = 16

export const sendStatus = (node: Node): void => {
  const peers = peersOf(node)
  const turn = Math.floor(node.ticks / node.config.statusTicks) % Math.max(1, peers.length)
  const asked = peers[turn]
  if (asked === undefined) return
  const { view, isActive, executed, stable, config } = node
  const standing = { view, isActive, executed, stable: stable.seq }
  const signed = say(node, {
    type: 'status',
    ...standing,
    missing: missingBatches(node).slice(0, MOST_SLOTS),
    asked,
    replica: config.id,
  } as const)
  broadcast(node, { type: 'signed', signed })
}

/** A backup passes on what waits, once in a while: its client may not reach the primary (4.1). */
export const relayWaiting = (node: Node): void => {
  const primary = primaryOf(node, node.view)
  if (primary === node.config.id || !node.isActive) return
  for (const request of [...node.waiting.values()].slice(0, MOST_SLOTS))
    send(node, primary, { type: 'request', request })
}

export const onStatus = (node: Node, { body }: Signed<Status>): void => {
  const { replica, asked } = body
  if (replica === node.config.id) return
  node.heard.set(replica, { status: body, atTick: node.ticks })
  const isAsked = asked === node.config.id
  tellView(node, body, isAsked)
  tellCheckpoints(node, body, isAsked)
  tellSlots(node, body, isAsked)
  if (!isAsked) return
  for (const digest of body.missing) {
    const batch = node.batches.get(digest)
    if (batch !== undefined) send(node, replica, { type: 'batch', batch })
  }
}

const tellView = (node: Node, { replica, view, isActive }: Status, isAsked: boolean): void => {
  const isBehind = view < node.view || (view === node.view && !isActive)
  if (!isBehind || !node.isActive || node.newView === null) return
  if (isAsked || node.newView.body.replica === node.config.id)
    send(node, replica, { type: 'signed', signed: node.newView })
}

const tellCheckpoints = (node: Node, { replica, executed, stable }: Status, isAsked: boolean): void => {
  const { certificate, data, seq } = node.stable
  if (isAsked && data !== null && seq > executed) send(node, replica, { type: 'state', certificate, data })
  for (const [at, told] of node.checkpoints) {
    const signed = told.get(node.config.id)
    if (at > stable && signed !== undefined) send(node, replica, { type: 'signed', signed })
  }
}

const tellSlots = (node: Node, { replica, executed }: Status, isAsked: boolean): void => {
  for (let seq = executed + 1; seq <= executed + MOST_SLOTS; seq++) {
    const slot = node.slots.get(seq)
    if (slot === undefined) continue
    const { prePrepare, prepares, commits } = slot
    const isOwn = prePrepare?.body.replica === node.config.id
    const batch = prePrepare === null ? undefined : node.batches.get(prePrepare.body.digest)
    if (prePrepare !== null && batch !== undefined && (isOwn || isAsked))
      send(node, replica, { type: 'proposal', prePrepare, batch })
    for (const votes of [prepares, commits]) {
      const signed = votes.get(node.config.id)
      if (signed !== undefined) send(node, replica, { type: 'signed', signed })
    }
  }
}
