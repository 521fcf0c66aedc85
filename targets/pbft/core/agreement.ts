/** Normal-case operation (4.2): pre-prepare, prepare, commit. */
import type { NodeId } from '../../protocol/commands.ts'
import {
  broadcast,
  digestOfRequest,
  isGenuineBatch,
  isInWindow,
  isPrimary,
  keepBatch,
  type Node,
  primaryOf,
  type Slot,
  say,
  slotAt,
} from './node.ts'
import { digestOf } from './texts.ts'
import type { Batch, Digest, PrePrepare, Sequence, Signed, Vote } from './types.ts'

/** The primary gives waiting requests sequence numbers, a batch each, while few are on their way and the window has room. */
export const propose = (node: Node): void => {
  if (!node.isActive || !isPrimary(node)) return
  const { maxBatch, maxInFlight } = node.config
  while (node.proposed.size < node.waiting.size) {
    const seq = node.lastProposed + 1
    if (!isInWindow(node, seq) || seq - node.executed > maxInFlight) return
    const fresh = [...node.waiting].filter(([digest]) => !node.proposed.has(digest)).slice(0, maxBatch)
    for (const [digest] of fresh) node.proposed.add(digest)
    proposeAt(
      node,
      seq,
      fresh.map(([, request]) => request),
    )
  }
}

const proposeAt = (node: Node, seq: Sequence, batch: Batch): void => {
  node.lastProposed = seq
  const digest = digestOf(batch)
  const prePrepare = say(node, {
    type: 'pre-prepare',
    view: node.view,
    seq,
    digest,
    replica: node.config.id,
  } as const)
  keepBatch(node, digest, batch)
  broadcast(node, { type: 'proposal', prePrepare, batch })
  accept(node, prePrepare)
}

/** A backup accepts a pre-prepare of its view's primary unless it has accepted another one for the same number. */
export const onProposal = (node: Node, prePrepare: Signed<PrePrepare>, batch: Batch): void => {
  const { view, seq, digest, replica } = prePrepare.body
  if (!node.isActive || view !== node.view || replica !== primaryOf(node, view)) return
  if (replica === node.config.id || !isInWindow(node, seq)) return
  if (slotAt(node, seq).prePrepare?.body.view === view) return
  if (!isGenuineBatch(node, batch, digest)) return
  keepBatch(node, digest, batch)
  accept(node, prePrepare)
}

/** From now on it accepts no other in this view. A backup says so; the primary's pre-prepare stands for its prepare. */
export const accept = (node: Node, prePrepare: Signed<PrePrepare>): void => {
  const { view, seq, digest, replica } = prePrepare.body
  const slot = slotAt(node, seq)
  slot.prePrepare = prePrepare
  node.records.push({ type: 'accepted', prePrepare })
  if (replica !== node.config.id) vote(node, slot.prepares, 'prepare', { view, seq, digest })
  settle(node, slot)
}

const vote = (
  node: Node,
  votes: Slot['prepares'],
  type: Vote['type'],
  about: Pick<Vote, 'view' | 'seq' | 'digest'>,
): void => {
  const signed = say(node, { type, ...about, replica: node.config.id })
  votes.set(node.config.id, signed)
  broadcast(node, { type: 'signed', signed })
}

/** A vote of a later view may come before this replica is there, so it is kept. */
export const onVote = (node: Node, signed: Signed<Vote>): void => {
  const { type, view, seq, replica } = signed.body
  if (replica === node.config.id || !isInWindow(node, seq)) return
  const slot = slotAt(node, seq)
  const votes = type === 'prepare' ? slot.prepares : slot.commits
  if ((votes.get(replica)?.body.view ?? -1) > view) return
  votes.set(replica, signed)
  settle(node, slot)
}

const isFor = ({ view, digest }: Pick<Vote, 'view' | 'digest'>, { body }: Signed<Vote>): boolean =>
  body.view === view && body.digest === digest

/** Backups that have accepted the same; with the pre-prepare, a quorum. */
const preparesFor = (node: Node, slot: Slot, { body }: Signed<PrePrepare>): readonly Signed<Vote>[] => {
  const primary = primaryOf(node, body.view)
  return [...slot.prepares.values()].filter((each) => each.body.replica !== primary && isFor(body, each))
}

/** `prepared(m, v, n, i)`: what a quorum has accepted in this view. Then it tells, and remembers the proof. */
const settle = (node: Node, slot: Slot): void => {
  const { prePrepare, prepared } = slot
  if (prePrepare === null || !node.isActive || prePrepare.body.view !== node.view) return
  if (prepared?.prePrepare.body.view === node.view) return
  const prepares = preparesFor(node, slot, prePrepare)
  if (prepares.length < node.quorum - 1) return
  slot.prepared = { prePrepare, prepares: prepares.slice(0, node.quorum - 1) }
  node.records.push({ type: 'prepared', certificate: slot.prepared })
  const { view, seq, digest } = prePrepare.body
  vote(node, slot.commits, 'commit', { view, seq, digest })
}

interface Committed extends Pick<Vote, 'view' | 'digest'> {
  readonly by: readonly NodeId[]
}

/**
 * For which digest a quorum has sent commits in one view: `committed` of the paper, since more than f of them are honest and had
 * it prepared. This needs no view of this replica's own, so one that waits for a view still learns.
 */
const committedIn = ({ commits }: Slot, quorum: number): Committed | null => {
  const votes = [...commits.values()]
  for (const { body } of votes) {
    const same = votes.filter((each) => isFor(body, each))
    if (same.length < quorum) continue
    return { view: body.view, digest: body.digest, by: same.map((each) => each.body.replica) }
  }
  return null
}

const DECISIONS_KEPT = 16

/** The batches that are committed and next in order. */
export const takeCommitted = (node: Node): readonly { readonly seq: Sequence; readonly batch: Batch }[] => {
  const taken: { seq: Sequence; batch: Batch }[] = []
  for (;;) {
    const seq = node.executed + 1
    const slot = node.slots.get(seq)
    const committed = slot === undefined ? null : committedIn(slot, node.quorum)
    const batch = committed === null ? undefined : node.batches.get(committed.digest)
    if (committed === null || batch === undefined) return taken
    node.executed = seq
    taken.push({ seq, batch })
    const { members } = node.config
    const decision = { slot: seq, term: committed.view, acceptedBy: committed.by, members }
    node.decisions = [...node.decisions.slice(1 - DECISIONS_KEPT), decision]
    noteExecuted(node, batch)
  }
}

/** The time that a request may take starts again with each that was executed (4.4). */
const noteExecuted = (node: Node, batch: Batch): void => {
  let isProgress = false
  for (const request of batch) {
    const digest = digestOfRequest(request)
    isProgress = node.waiting.delete(digest) || isProgress
    node.proposed.delete(digest)
  }
  if (!isProgress || !node.isActive) return
  node.failures = 0
  node.timerSince = node.waiting.size > 0 ? node.ticks : null
}

/** Digests that are agreed on or accepted, and of which the batch is not here. */
export const missingBatches = (node: Node): readonly Digest[] => {
  const missing = new Set<Digest>()
  for (const [seq, slot] of node.slots) {
    if (seq <= node.executed) continue
    const digests = [slot.prePrepare?.body.digest, committedIn(slot, node.quorum)?.digest]
    for (const digest of digests) if (digest != null && !node.batches.has(digest)) missing.add(digest)
  }
  return [...missing]
}

/** A batch that was asked for. */
export const onBatch = (node: Node, batch: Batch): void => {
  const digest = digestOf(batch)
  if (missingBatches(node).includes(digest)) keepBatch(node, digest, batch)
}
