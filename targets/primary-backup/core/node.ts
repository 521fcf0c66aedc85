/** The state of one node, and small questions about it. Only the modules of the core change it. */
import type { NodeId } from '../../protocol/commands.ts'
import { Log } from './log.ts'
import type { CoreConfig, Durable, Entry, Envelope, Message, ViewNumber } from './types.ts'

/** What a primary knows of a backup. */
export interface Progress {
  next: number
  match: number
  /** When the latest message was sent that it has answered in this view. */
  answeredTo: number
  /** When it was last heard. At first, when the view began; where a majority is needed anyway, never. */
  heardAt: number
  /** When it was last sent a state. */
  stateSentAt: number
}

export interface Node {
  readonly config: CoreConfig
  readonly log: Log
  role: 'primary' | 'backup'
  view: ViewNumber
  /** Of `view`, if it is known. */
  primary: NodeId | null
  /** The nodes of the view: those whose acknowledgement it may need. */
  members: readonly NodeId[]
  commit: number
  applied: number
  /** The last index on this node's own disk. */
  persisted: number
  /** When this node last heard of a primary, which may have a lease by that; at first, when it started. */
  heardAt: number
  /** When it does something about a silent primary, if it hears of none until then. */
  impatientAt: number
  ticks: number
  // Of a primary.
  progress: Map<NodeId, Progress>
  primarySince: number
  /** Index of its first entry in this view. */
  firstIndex: number
  /** When the latest ping was sent by whose answer it is the primary. */
  confirmedAt: number
  // Of a backup that wants to be the primary.
  proposal: { readonly view: ViewNumber; readonly votes: Set<NodeId>; readonly at: number } | null
  /** The highest view that it has heard of. */
  seen: ViewNumber
  // What is new since the last `ready`.
  out: Envelope[]
  unsavedFrom: number | null
  isReplaced: boolean
  isRebuilt: boolean
}

const NEVER = Number.NEGATIVE_INFINITY

/** The view in which a cluster starts, if nobody has to decide on it. */
const FIRST_VIEW: ViewNumber = 1

export const createNode = (config: CoreConfig, durable: Durable): Node => {
  const log = new Log(durable)
  const isGiven = config.failover === 'none' || config.failover === 'timeout'
  const view = isGiven ? Math.max(durable.view, FIRST_VIEW) : durable.view
  const node: Node = {
    config,
    log,
    role: 'backup',
    view,
    primary: isGiven ? primaryOf(config.nodes, view) : null,
    members: config.nodes,
    commit: log.snapshot.index,
    applied: log.snapshot.index,
    persisted: log.last.index,
    heardAt: 0,
    impatientAt: 0,
    ticks: 0,
    progress: new Map(),
    primarySince: 0,
    firstIndex: 0,
    confirmedAt: NEVER,
    proposal: null,
    seen: view,
    out: [],
    unsavedFrom: null,
    isReplaced: false,
    isRebuilt: false,
  }
  bePatient(node)
  return node
}

/** Where nobody hands out numbers, each node has its own: two nodes are never the primary of one view (VR, section 4). */
const primaryOf = (nodes: readonly NodeId[], view: ViewNumber): NodeId =>
  nodes[(view - 1) % nodes.length] as NodeId

/** The first number of this node above all that it has heard of. */
export const nextOwnView = ({ config, view, seen }: Node): ViewNumber => {
  let next = Math.max(view, seen) + 1
  while (primaryOf(config.nodes, next) !== config.id) next++
  return next
}

/** A primary was heard of just now. */
export const bePatient = (node: Node): void => {
  node.heardAt = node.config.now()
  giveTime(node)
}

/** Another node may become the primary now. That one has no lease before it is heard of. */
export const giveTime = (node: Node): void => {
  const { now, random, failoverTicks } = node.config
  node.impatientAt = now() + failoverTicks * (1 + random())
}

export const othersOf = ({ config }: Node): readonly NodeId[] => config.nodes.filter((id) => id !== config.id)

export const majorityOf = ({ config }: Node): number => Math.floor(config.nodes.length / 2) + 1

export const send = (node: Node, to: NodeId, message: Message): void => {
  node.out.push({ from: node.config.id, to, message })
}

/** Appends to this node's own log and remembers what must be written. */
export const appendEntry = (node: Node, entry: Entry): void => {
  node.log.append(entry)
  node.unsavedFrom = Math.min(node.unsavedFrom ?? entry.index, entry.index)
}

/** @param primary null: it is not known */
export const becomeBackup = (node: Node, view: ViewNumber, primary: NodeId | null): void => {
  node.role = 'backup'
  node.view = Math.max(node.view, view)
  node.seen = Math.max(node.seen, view)
  node.primary = primary
  node.progress = new Map()
  node.proposal = null
}

/** The new primary's first entry. With it, everything before it is committed (VR, section 4.2, step 5). */
export const becomePrimary = (node: Node, view: ViewNumber, members: readonly NodeId[]): void => {
  const { id, now, failover } = node.config
  node.role = 'primary'
  node.view = view
  node.seen = Math.max(node.seen, view)
  node.primary = id
  node.primarySince = now()
  node.members = members
  node.proposal = null
  const { index } = node.log.last
  const progress = (): Progress => ({
    next: index + 1,
    match: 0,
    answeredTo: NEVER,
    // A majority has voted just now. Whoever has not may be dead, and is not waited for.
    heardAt: failover === 'majority' ? NEVER : now(),
    stateSentAt: NEVER,
  })
  node.progress = new Map(othersOf(node).map((other) => [other, progress()]))
  node.firstIndex = index + 1
  appendEntry(node, { index: index + 1, view, command: { kind: 'noop' } })
}
