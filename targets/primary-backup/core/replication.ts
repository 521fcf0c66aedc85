/**
 * From the primary to its backups and back. Alsberg and Day: the primary performs an update, hands it to its backups, and
 * answers when enough of them have it (section "Update synchronization"); Budhiraja et al., section 8.3. How a backup finds out
 * where its log parts from the primary's is log matching as in Raft (Ongaro and Ousterhout 2014, section 5.3); state transfer is
 * VR's (section 5.2).
 */
import type { NodeId } from '../../protocol/commands.ts'
import { isAgreed } from '../choices.ts'
import { isAlone } from './contact.ts'
import {
  appendEntry,
  becomeBackup,
  bePatient,
  majorityOf,
  type Node,
  othersOf,
  type Progress,
  send,
} from './node.ts'
import { type Entry, type Message, NOTHING } from './types.ts'

type Append = Message & { readonly type: 'append' }
type State = Message & { readonly type: 'state' }
type Appended = Message & { readonly type: 'appended' }

export const broadcast = (node: Node): void => {
  for (const other of othersOf(node)) sendTo(node, other)
}

const sendTo = (node: Node, to: NodeId): void => {
  const { log, config, view, commit } = node
  const progress = node.progress.get(to)
  if (progress === undefined) return
  const sentAt = config.now()
  if (log.viewAt(progress.next - 1) === null) {
    if (sentAt - progress.stateSentAt >= config.failoverTicks / 2) {
      progress.stateSentAt = sentAt
      const index = config.deviations.overstatesTransfers ? log.last.index : log.snapshot.index
      const at = { index, view: log.viewAt(index) as number }
      return send(node, to, { type: 'state', view, snapshot: { ...log.snapshot, ...at }, sentAt })
    }
    // Until it has the state, it learns that there is a primary.
    progress.next = log.snapshot.index + 1
  }
  const index = progress.next - 1
  const previous = { index, view: log.viewAt(index) as number }
  const isAwaited = sentAt - progress.stateSentAt < config.failoverTicks / 2 && progress.match < index
  const entries = isAwaited ? [] : log.slice(progress.next, config.maxEntriesPerMessage)
  send(node, to, { type: 'append', view, previous, entries, commit, lastIndex: log.last.index, sentAt })
  // Optimistic: if the message is lost, the next one does not match.
  progress.next += entries.length
}

/** Null: it comes from a view that is over, and was refused. Otherwise the sender is this node's primary. */
const follow = (node: Node, from: NodeId, view: number): true | null => {
  const { fencing, deviations } = node.config
  const isOver = view < node.view
  const isTaken = node.role === 'backup' && (!fencing || deviations.takesOldViews)
  if (isOver && !isTaken) {
    if (fencing) send(node, from, { type: 'fenced', view: node.view })
    return null
  }
  if (!isOver) becomeBackup(node, view, from)
  bePatient(node)
  return true
}

export const onAppend = (node: Node, from: NodeId, append: Append): void => {
  const { view, previous, entries, sentAt, lastIndex } = append
  if (follow(node, from, view) === null) return
  const { log } = node
  const answer = (matches: boolean, index: number): void =>
    send(node, from, { type: 'appended', view, matches, index, sentAt })
  const base = log.snapshot.index
  const isBelow = previous.index < base && log.snapshot.view !== entries[base - previous.index - 1]?.view
  // Where a snapshot is of committed entries for good, only an old message begins below it.
  if (isBelow && isAgreed(node.config)) return answer(true, node.commit)
  if (isBelow && lastIndex >= base) return answer(false, base)
  if (isBelow || (previous.index === base && previous.view !== log.snapshot.view)) {
    // What it has saved never happened for this primary: nothing of it can be kept.
    replaceLog(node, NOTHING)
    return answer(false, 0)
  }
  if (previous.index >= base && log.viewAt(previous.index) !== previous.view)
    return answer(false, Math.min(log.last.index, previous.index - 1))
  for (const entry of entries) if (entry.index > base) accept(node, entry)
  const last = previous.index + entries.length
  node.commit = Math.max(node.commit, Math.min(append.commit, last, log.last.index))
  answer(true, last)
}

/** An entry that conflicts is dropped, and all after it. */
const accept = (node: Node, entry: Entry): void => {
  const { log } = node
  const known = log.viewAt(entry.index)
  if (known === entry.view) return
  if (known !== null) {
    if (node.config.deviations.keepsConflicts) return
    log.cutFrom(entry.index)
    node.persisted = Math.min(node.persisted, entry.index - 1)
    takeBack(node, entry.index)
  }
  appendEntry(node, entry)
}

/** Only where views were not agreed on, or a write needed no backup, can something be taken back that was applied. */
const takeBack = (node: Node, index: number): void => {
  node.commit = Math.min(node.commit, index - 1)
  if (node.applied < index) return
  node.applied = node.log.snapshot.index
  node.isRebuilt = true
}

const replaceLog = (node: Node, snapshot: State['snapshot']): void => {
  node.log.reset(snapshot)
  node.commit = snapshot.index
  node.applied = snapshot.index
  node.persisted = snapshot.index
  node.unsavedFrom = null
  node.isReplaced = true
  node.isRebuilt = true
}

export const onState = (node: Node, from: NodeId, { view, snapshot, sentAt }: State): void => {
  if (follow(node, from, view) === null) return
  const { log } = node
  const isKnown = log.viewAt(snapshot.index) === snapshot.view
  // If it is of another past than this node's snapshot, the next entries show it.
  const isCovered = snapshot.index <= log.snapshot.index
  if (isKnown) node.commit = Math.max(node.commit, snapshot.index)
  else if (!isCovered) replaceLog(node, snapshot)
  send(node, from, { type: 'appended', view, matches: true, index: snapshot.index, sentAt })
}

export const onAppended = (node: Node, from: NodeId, { view, matches, index, sentAt }: Appended): void => {
  const progress = node.progress.get(from)
  if (node.role !== 'primary' || progress === undefined || view !== node.view) return
  progress.heardAt = node.config.now()
  progress.answeredTo = Math.max(progress.answeredTo, sentAt)
  if (matches) {
    progress.match = Math.max(progress.match, index)
    progress.next = Math.max(progress.next, progress.match + 1)
    advanceCommit(node)
  } else {
    // A backup that threw its log away has less than it had.
    if (index === 0) progress.match = 0
    progress.next = Math.min(node.log.last.index, Math.max(progress.match, index)) + 1
  }
  if (progress.next <= node.log.last.index) sendTo(node, from)
}

const isHeard = ({ config }: Node, { heardAt }: Progress): boolean =>
  config.now() - heardAt < config.failoverTicks

/** The backups that answer. Those that are not in the view yet must have all that is committed. */
export const inSync = (node: Node): readonly NodeId[] =>
  [...node.progress]
    .filter(([id, each]) => isHeard(node, each) && (node.members.includes(id) || each.match >= node.commit))
    .map(([id]) => id)

/** Backups whose acknowledgement is needed for `sync`: a view service drops them by a new view, others by themselves. */
const needed = (node: Node): readonly Progress[] => {
  const { failover } = node.config
  const dropsSilent = failover === 'majority' || failover === 'timeout'
  return [...node.progress]
    .filter(([id, each]) => node.members.includes(id) && (!dropsSilent || isHeard(node, each)))
    .map(([, each]) => each)
}

/** The highest index that enough backups have, by the kind of replication. */
const replicatedTo = (node: Node): number => {
  const { replication, failover, deviations } = node.config
  if (replication === 'async' || isAlone(node) || deviations.commitsAlone) return node.persisted
  const matches = needed(node).map(({ match }) => match)
  if (replication === 'semi-sync') {
    const ofMembers = [...node.progress].filter(([id]) => node.members.includes(id))
    return Math.max(...(ofMembers.length === 0 ? [node.persisted] : ofMembers.map(([, { match }]) => match)))
  }
  if (failover !== 'majority') return Math.min(node.persisted, ...matches)
  // Any majority that votes later meets those that have it.
  const others = [...node.progress.values()].map(({ match }) => match).sort((a, b) => b - a)
  const ofMajority = others[majorityOf(node) - 2] ?? node.persisted
  return Math.min(ofMajority, ...matches)
}

/** An entry of an earlier view is committed by one of this view (Raft, section 5.4.2; VR re-executes the whole log). */
export const advanceCommit = (node: Node): void => {
  if (node.role !== 'primary') return
  const index = Math.min(replicatedTo(node), node.persisted)
  if (index > node.commit && index >= node.firstIndex) node.commit = index
}
