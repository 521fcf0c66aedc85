/** How nodes handle entries and snapshots, and the replies to them (sections 5.3, 5.4.2 and 7). */
import type { NodeId } from '../../protocol/commands.ts'
import { sendAppend } from './append.ts'
import {
  appendEntry,
  becomeFollower,
  isMember,
  keepDecision,
  membersOf,
  type Node,
  quorumOf,
  send,
} from './node.ts'
import { confirmReads } from './reads.ts'
import type { Entry, Message } from './types.ts'

type Append = Message & { readonly type: 'append' }
type AppendReply = Message & { readonly type: 'appendReply' }
type InstallSnapshot = Message & { readonly type: 'snapshot' }

/**
 * The round in a reply to a message of an earlier term. Its sender may lead again, in the term of the reply: the message's own
 * round, which counts in that earlier term, would then prove leadership for rounds that have not begun.
 */
const NO_ROUND = 0

export const onAppend = (node: Node, from: NodeId, append: Append): void => {
  const reply = (success: boolean, index: number, round = append.round): void =>
    send(node, from, { type: 'appendReply', term: node.term, success, index, round })
  if (append.term < node.term) return reply(false, node.log.lastIndex, NO_ROUND)
  becomeFollower(node, append.term, from)
  if (append.prevIndex < node.log.snapshotIndex) return reply(true, node.commit)
  const known = node.log.termAt(append.prevIndex)
  const matches = known === append.prevTerm || (node.deviations.skipsPreviousCheck && known !== null)
  if (!matches) return reply(false, Math.min(node.log.lastIndex, append.prevIndex - 1))
  for (const entry of append.entries) accept(node, entry)
  const last = append.prevIndex + append.entries.length
  node.commit = Math.max(node.commit, Math.min(append.commit, last, node.log.lastIndex))
  reply(true, last)
}

/** An existing entry that conflicts is deleted, and all entries after it (5.3). */
const accept = (node: Node, entry: Entry): void => {
  const known = node.log.termAt(entry.index)
  if (known === entry.term) return
  if (known !== null) {
    if (node.deviations.keepsConflicts) return
    node.log.truncateFrom(entry.index)
    node.persisted = Math.min(node.persisted, entry.index - 1)
  }
  appendEntry(node, entry)
}

export const onAppendReply = (node: Node, from: NodeId, reply: AppendReply): void => {
  const progress = node.progress.get(from)
  if (node.role !== 'leader' || progress === undefined) return
  progress.active = true
  progress.round = Math.max(progress.round, reply.round)
  if (reply.success) {
    progress.match = Math.max(progress.match, reply.index)
    progress.next = Math.max(progress.next, progress.match + 1)
    progress.snapshotWait = 0
    advanceCommit(node)
  } else {
    progress.next = Math.max(progress.match + 1, Math.min(progress.next, reply.index + 1))
  }
  confirmReads(node)
  if (node.role === 'leader' && progress.next <= node.log.lastIndex) sendAppend(node, from)
}

/**
 * Commits the highest index that a quorum has on disk, if its entry is of the leader's own term (5.4.2, figure 8).
 * Followers learn it from the next entries or heartbeat: a separate message would double the traffic.
 */
export const advanceCommit = (node: Node): void => {
  const before = node.commit
  for (let index = node.log.lastIndex; index > node.commit; index--) {
    if (node.log.termAt(index) !== node.term && !node.deviations.commitsOlderTerms) break
    const holders = membersOf(node).filter((id) =>
      id === node.config.id ? node.persisted >= index : (node.progress.get(id)?.match ?? 0) >= index,
    )
    const enough = node.deviations.commitsAlone ? 1 : quorumOf(node)
    if (holders.length >= enough) {
      node.commit = index
      keepDecision(node, index, holders)
      break
    }
  }
  if (node.commit === before) return
  const configIndex = node.log.configIndex()
  // A leader that is not in the committed configuration steps down (thesis, 4.2.2).
  if (!isMember(node) && configIndex <= node.commit) becomeFollower(node, node.term, null)
}

export const onSnapshot = (node: Node, from: NodeId, install: InstallSnapshot): void => {
  const { snapshot, round } = install
  if (install.term < node.term) {
    return send(node, from, {
      type: 'appendReply',
      term: node.term,
      success: false,
      index: node.log.lastIndex,
      round: NO_ROUND,
    })
  }
  becomeFollower(node, install.term, from)
  if (snapshot.index > node.commit) {
    if (node.log.termAt(snapshot.index) === snapshot.term) node.commit = snapshot.index
    else {
      node.log.reset(snapshot)
      node.installed = snapshot
      node.commit = snapshot.index
      node.applied = snapshot.index
      node.persisted = snapshot.index
      node.unstableFrom = null
    }
  }
  send(node, from, { type: 'appendReply', term: node.term, success: true, index: node.commit, round })
}
