/**
 * Linearizable reads without slots: a round of phase 2 without a value. If a phase-2 quorum answers in the leader's ballot after
 * the read has arrived, no phase-1 quorum had promised a higher ballot when it arrived, since the two meet. So nothing was
 * chosen in a higher ballot by then. What was chosen in lower ones is among what phase 1 told.
 */
import type { NodeId } from '../../protocol/commands.ts'
import type { Node } from './node.ts'

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

/** Begins one round for all reads that arrived since the last one. Whether there are any. */
export const beginReadRound = (node: Node): boolean => {
  if (node.role !== 'leader' || node.freshReads.length === 0) return false
  if (node.chosenTo < node.recoveredTo && !node.deviations.readsBeforeRecovery) return false
  node.round++
  for (const id of node.freshReads) node.pendingReads.push({ id, index: node.chosenTo, round: node.round })
  node.freshReads = []
  return true
}

export const confirmReads = (node: Node): void => {
  const { id, members, phase2 } = node.config
  const hasConfirmed = (member: NodeId, round: number): boolean =>
    member === id || (node.rounds.get(member) ?? 0) >= round
  for (let first = node.pendingReads[0]; first !== undefined; first = node.pendingReads[0]) {
    const { round, index } = first
    if (members.filter((member) => hasConfirmed(member, round)).length < phase2) return
    node.pendingReads.shift()
    node.answeredReads.push({ id: first.id, index })
  }
}
