/**
 * Linearizable reads without log entries: ReadIndex (thesis, section 6.4). A read waits until the leader has committed
 * an entry of its own term, and takes the commit index. It is answered once a quorum has replied to a heartbeat round
 * that began after the read arrived, and that index is applied.
 */
import { broadcastAppend } from './append.ts'
import { countMembers, type Node, quorumOf } from './node.ts'

/** False if this node does not lead. */
export const requestRead = (node: Node, id: number): boolean => {
  const index = node.deviations.readIndexAtOnce(node)
  if (index !== null) {
    node.answeredReads.push({ id, index })
    return true
  }
  if (node.role !== 'leader') return false
  node.freshReads.push(id)
  return true
}

const ownTermCommitted = (node: Node): boolean =>
  node.log.termAt(node.commit) === node.term || node.deviations.readsBeforeOwnCommit

/** Begins one heartbeat round for all reads that arrived since the last one. */
export const beginReadRound = (node: Node): void => {
  if (node.role !== 'leader' || node.freshReads.length === 0 || !ownTermCommitted(node)) return
  node.round++
  for (const id of node.freshReads) node.pendingReads.push({ id, index: node.commit, round: node.round })
  node.freshReads = []
  broadcastAppend(node)
  confirmReads(node)
}

export const confirmReads = (node: Node): void => {
  const confirmed = (round: number): boolean =>
    countMembers(node, (id) => id === node.config.id || (node.progress.get(id)?.round ?? 0) >= round) >=
    quorumOf(node)
  while (node.pendingReads.length > 0) {
    const first = node.pendingReads[0] as Node['pendingReads'][number]
    if (!confirmed(first.round)) return
    node.pendingReads.shift()
    node.answeredReads.push({ id: first.id, index: first.index })
  }
}
