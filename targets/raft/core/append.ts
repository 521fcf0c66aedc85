/** What a leader sends: entries and heartbeats (section 5.3), or the snapshot if its log starts too late (7). */
import type { NodeId } from '../../protocol/commands.ts'
import { type Node, type Progress, peersOf, send } from './node.ts'

export const broadcastAppend = (node: Node): void => {
  for (const peer of peersOf(node)) sendAppend(node, peer)
}

export const sendAppend = (node: Node, to: NodeId): void => {
  const progress = node.progress.get(to)
  if (progress === undefined) return
  const prevTerm = node.log.termAt(progress.next - 1)
  if (prevTerm === null) return sendSnapshot(node, to, progress)
  const entries = node.log.slice(progress.next, node.config.maxEntriesPerAppend)
  const prevIndex = progress.next - 1
  send(node, to, {
    type: 'append',
    term: node.term,
    prevIndex,
    prevTerm,
    entries,
    commit: node.commit,
    round: node.round,
  })
  // Optimistic: if the message is lost, the follower rejects the next one.
  progress.next += entries.length
}

const sendSnapshot = (node: Node, to: NodeId, progress: Progress): void => {
  const { snapshot } = node.log
  if (snapshot === null || progress.snapshotWait > 0) return
  progress.snapshotWait = node.config.electionTicks
  send(node, to, { type: 'snapshot', term: node.term, snapshot, round: node.round })
}
