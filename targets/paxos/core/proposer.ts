/** The proposer's phase 1, once for all slots (sections 2.2 and 3), and which values it must propose then. */
import type { NodeId } from '../../protocol/commands.ts'
import { onPrepare } from './acceptor.ts'
import { nextBallot } from './ballots.ts'
import { askForMissing } from './learner.ts'
import { isResumed, type Node, peersOf, reply, send, stopProposing, waitForLeader } from './node.ts'
import { propose } from './phase2.ts'
import type { Accepted, Entry, Message, Slot } from './types.ts'

type Promised = Message & { readonly type: 'promise' }
type Refused = Message & { readonly type: 'refuse' }

/** Waits grow with each attempt that fails, up to this factor. */
const MOST_PATIENCE = 4

/** Duelling proposers get out of each other's way by waits that are random, and grow (2.4). */
const backOff = (node: Node): void => {
  node.failures++
  waitForLeader(node, node.config.electionTicks * Math.min(MOST_PATIENCE, node.failures))
}

/** Its own promise of this ballot is older than what it has accepted since. */
const resume = (node: Node): void => {
  const { promised: ballot, chosenTo } = node
  node.ballot = ballot
  reply(node, node.config.id, { type: 'promise', ballot, chosenTo, accepted: [] })
}

/**
 * The ballot is above all that this node has used, also before it was started again: its own acceptor promises each on the disk
 * before any other node hears of it (2.5).
 */
export const startPhase1 = (node: Node): void => {
  const { id, members } = node.config
  stopProposing(node)
  node.leader = null
  if (isResumed(node)) resume(node)
  else {
    node.ballot = nextBallot(Math.max(node.promised, node.seen), id, members)
    onPrepare(node, id, { type: 'prepare', ballot: node.ballot })
  }
  node.role = 'candidate'
  backOff(node)
  sendPrepare(node)
}

/** To those that have not promised: a request or its answer may be lost, or they may still hear an earlier leader. */
export const sendPrepare = (node: Node): void => {
  for (const peer of peersOf(node))
    if (!node.promises.has(peer)) send(node, peer, { type: 'prepare', ballot: node.ballot })
}

export const onPromise = (node: Node, from: NodeId, promised: Promised): void => {
  if (node.role !== 'candidate' || promised.ballot !== node.ballot) return
  node.promises.set(from, promised)
  if (node.promises.size >= node.config.phase1) lead(node)
}

/** Somebody has promised more to another proposer: this ballot is over. */
export const onRefused = (node: Node, { ballot, promised }: Refused): void => {
  node.seen = Math.max(node.seen, promised)
  if (ballot !== node.ballot || node.role === 'follower') return
  const wasLeader = node.role === 'leader'
  stopProposing(node)
  node.leader = null
  // A leader that is refused by one node is most likely still the best: it tries again before others begin.
  if (wasLeader) waitForLeader(node, Math.ceil(node.config.electionTicks / 4))
  else backOff(node)
}

/** The value of the highest-numbered proposal that any of them has accepted (P2c), by slot. */
const highestAccepted = (node: Node, promises: readonly Promised[]): ReadonlyMap<Slot, Accepted> => {
  const highest = new Map<Slot, Accepted>()
  for (const other of promises.flatMap(({ accepted }) => accepted)) {
    const known = highest.get(other.entry.slot)
    if (known === undefined || node.deviations.takes(known, other)) highest.set(other.entry.slot, other)
  }
  return highest
}

/** What it proposes in a slot of which phase 1 may have told: the value that it must, else a no-op (section 3). */
const recovered = (node: Node, slot: Slot, told: ReadonlyMap<Slot, Accepted>): Entry => {
  const isGap = node.deviations.fillsGapsFromOwnLog && !node.accepted.has(slot)
  const known = isGap ? undefined : told.get(slot)
  return known?.entry ?? { slot, proposed: node.ballot, command: { kind: 'noop' } }
}

/**
 * A promise tells nothing of slots up to its `chosenTo`, and the highest of them is the base: what is chosen below is learned
 * from whoever knows it. Above, every acceptor of the quorum has told what it accepted.
 */
const lead = (node: Node): void => {
  const promises = [...node.promises.values()]
  const base = Math.max(node.chosenTo, ...promises.map(({ chosenTo }) => chosenTo))
  const told = highestAccepted(node, promises)
  const last = node.deviations.ignoresAccepted ? base : Math.max(base, ...told.keys())
  node.role = 'leader'
  node.leader = node.config.id
  node.failures = 0
  node.waitingSince = node.ticks
  node.active = new Set(node.promises.keys())
  node.promises = new Map()
  node.round = 0
  node.rounds = new Map()
  node.nextSlot = base + 1
  node.recoveredTo = last
  while (node.nextSlot <= last) propose(node, recovered(node, node.nextSlot, told))
  askForMissing(node)
}
