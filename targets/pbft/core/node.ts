/** The state of one replica, and small questions about it. Only the modules of the core change it. */
import type { Decision } from '../../../harness/api/target.ts'
import type { NodeId } from '../../protocol/commands.ts'
import type { CoreDeviations } from './deviations.ts'
import { digestOf, digestOfText, NULL_BATCH, NULL_DIGEST, requestText } from './texts.ts'
import type {
  Batch,
  Body,
  Checkpoint,
  Digest,
  DurableRecord,
  Envelope,
  Keys,
  Message,
  NewView,
  PbftConfig,
  PrePrepare,
  PreparedCertificate,
  Ready,
  Request,
  Sequence,
  Signed,
  Stable,
  Status,
  View,
  ViewChange,
  Vote,
} from './types.ts'

/** What is known of one sequence number. */
export interface Slot {
  /** What it has accepted, in the highest view in which it has accepted something. It never accepts two in one view. */
  prePrepare: Signed<PrePrepare> | null
  /** The latest vote of each replica. */
  readonly prepares: Map<NodeId, Signed<Vote>>
  readonly commits: Map<NodeId, Signed<Vote>>
  /** Of the highest view in which it prepared. */
  prepared: PreparedCertificate | null
}

export interface Node {
  readonly config: PbftConfig
  readonly keys: Keys
  readonly deviations: CoreDeviations
  /** Replicas of a quorum. */
  readonly quorum: number
  /** Ticks since it started. */
  ticks: number
  view: View
  /** Whether the view has begun; otherwise it has asked for it, or another replica has. */
  isActive: boolean
  /** What began the view. Null: nothing does for view 0. */
  newView: Signed<NewView> | null
  /** The latest of each replica. */
  readonly viewChanges: Map<NodeId, Signed<ViewChange>>
  readonly slots: Map<Sequence, Slot>
  readonly batches: Map<Digest, Batch>
  stable: Stable
  /** Messages for checkpoints from the last stable one on. */
  readonly checkpoints: Map<Sequence, Map<NodeId, Signed<Checkpoint>>>
  /** This replica's states at checkpoints that are not stable yet. */
  readonly states: Map<Sequence, string>
  executed: Sequence
  /** Who had sent commits for what it executed lately; the latest last. */
  decisions: readonly Decision[]
  /** The last sequence number that this primary has used. */
  lastProposed: Sequence
  /** Requests that are not executed: by digest. */
  readonly waiting: Map<Digest, Request>
  /** Those of them that this primary has proposed in its view. */
  readonly proposed: Set<Digest>
  /** Since when it has waited for a request to be executed, or for the new view to begin. Null: it waits for nothing. */
  timerSince: number | null
  /** Views in a row in which nothing was executed. */
  failures: number
  /** What each of the others told last, and when. */
  readonly heard: Map<NodeId, { readonly status: Status; readonly atTick: number }>
  // What is new since the last `ready`.
  out: Envelope[]
  records: DurableRecord[]
  replaces: boolean
  installed: Ready['installed']
}

export const createNode = (
  config: PbftConfig,
  stable: Stable,
  keys: Keys,
  deviations: CoreDeviations,
): Node => ({
  config,
  keys,
  deviations,
  quorum: deviations.quorumOf(config.members.length),
  ticks: 0,
  view: 0,
  isActive: true,
  newView: null,
  viewChanges: new Map(),
  slots: new Map(),
  batches: new Map([[NULL_DIGEST, NULL_BATCH]]),
  stable,
  checkpoints: new Map(),
  states: new Map(),
  executed: stable.seq,
  decisions: [],
  lastProposed: stable.seq,
  waiting: new Map(),
  proposed: new Set(),
  timerSince: null,
  failures: 0,
  heard: new Map(),
  out: [],
  records: [],
  replaces: false,
  installed: null,
})

export const primaryOf = ({ config: { members } }: Node, view: View): NodeId =>
  members[view % members.length] as NodeId

export const isPrimary = (node: Node): boolean => primaryOf(node, node.view) === node.config.id

export const peersOf = ({ config: { id, members } }: Node): readonly NodeId[] =>
  members.filter((member) => member !== id)

/** h < seq <= h + L (4.2). */
export const isInWindow = ({ stable, config, deviations }: Node, seq: Sequence): boolean =>
  deviations.skipsWindow || (seq > stable.seq && seq <= stable.seq + config.windowSize)

export const slotAt = (node: Node, seq: Sequence): Slot => {
  const known = node.slots.get(seq)
  if (known !== undefined) return known
  const slot: Slot = { prePrepare: null, prepares: new Map(), commits: new Map(), prepared: null }
  node.slots.set(seq, slot)
  return slot
}

export const say = <B extends Body>(node: Node, body: B): Signed<B> => ({
  body,
  signature: node.keys.sign(JSON.stringify(body)),
})

export const isGenuine = <B extends Body>(node: Node, { body, signature }: Signed<B>): boolean =>
  node.config.members.includes(body.replica) &&
  (node.deviations.skipsSignatures || node.keys.isOfReplica(body.replica, JSON.stringify(body), signature))

export const isGenuineRequest = (node: Node, request: Request): boolean =>
  node.deviations.skipsSignatures ||
  node.keys.isOfClient(request.client, requestText(request), request.signature)

/** Whether the batch is the one with this digest, and its clients have signed. A request that waits here was looked at. */
export const isGenuineBatch = (node: Node, batch: Batch, digest: Digest): boolean =>
  (node.deviations.skipsDigests || digestOf(batch) === digest) &&
  batch.every((request) => node.waiting.has(digestOfRequest(request)) || isGenuineRequest(node, request))

export const digestOfRequest = (request: Request): Digest => digestOfText(JSON.stringify(request))

export const send = (node: Node, to: NodeId, message: Message): void => {
  node.out.push({ from: node.config.id, to, message })
}

export const broadcast = (node: Node, message: Message): void => {
  for (const peer of peersOf(node)) send(node, peer, message)
}

/** The view is on the disk before anything is said in it. */
export const recordView = (node: Node): void => {
  const { view, isActive, newView } = node
  node.records.push({ type: 'view', view, isActive, newView })
}

export const keepBatch = (node: Node, digest: Digest, batch: Batch): void => {
  if (node.batches.has(digest)) return
  node.batches.set(digest, batch)
  node.records.push({ type: 'requests', requests: batch })
}
