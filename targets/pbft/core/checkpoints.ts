/** Checkpoints (4.3): a quorum that has the same state lets everything before be forgotten, and lets others take the state. */
import type { NodeId } from '../../protocol/commands.ts'
import { broadcast, isGenuine, type Node, say } from './node.ts'
import { digestOfText, NULL_DIGEST } from './texts.ts'
import type { Checkpoint, CheckpointCertificate, Sequence, Signed, State } from './types.ts'

/** The digest of a checkpoint covers the root, so that the state proves it. */
const digestOfState = ({ data, root }: Pick<State, 'data' | 'root'>): string =>
  digestOfText(`${root} ${data}`)

/** This replica has executed everything up to a checkpoint. */
export const takeCheckpoint = (node: Node, state: State): void => {
  const { seq, root } = state
  if (seq <= node.stable.seq && node.stable.data !== null) return
  node.states.set(seq, state.data)
  const digest = digestOfState(state)
  const signed = say(node, { type: 'checkpoint', seq, digest, root, replica: node.config.id } as const)
  keep(node, signed)
  broadcast(node, { type: 'signed', signed })
  stabilise(node, seq)
}

export const onCheckpoint = (node: Node, signed: Signed<Checkpoint>): void => {
  const { seq, replica } = signed.body
  if (replica === node.config.id || seq < node.stable.seq) return
  // It may be far ahead of this replica's window: then the state is fetched.
  if (seq % node.config.checkpointEvery !== 0) return
  keep(node, signed)
  stabilise(node, seq)
}

/** Of each replica, those of the latest checkpoints: one that lies must not fill the memory. */
const KEPT_PER_REPLICA = 4

const keep = (node: Node, signed: Signed<Checkpoint>): void => {
  const { seq, replica } = signed.body
  const those = node.checkpoints.get(seq) ?? new Map<NodeId, Signed<Checkpoint>>()
  node.checkpoints.set(seq, those.set(replica, signed))
  const told = [...node.checkpoints.keys()].filter((at) => node.checkpoints.get(at)?.has(replica) === true)
  const tooMany = told.sort((a, b) => a - b).slice(0, -KEPT_PER_REPLICA)
  for (const at of tooMany) node.checkpoints.get(at)?.delete(replica)
}

const sameAs =
  ({ body }: Signed<Checkpoint>) =>
  (other: Signed<Checkpoint>): boolean =>
    other.body.digest === body.digest && other.body.root === body.root && other.body.seq === body.seq

/** A checkpoint that a quorum has is stable. A replica that is not there yet executes on, or is sent the state. */
const stabilise = (node: Node, seq: Sequence): void => {
  if (!node.states.has(seq)) return
  const told = [...(node.checkpoints.get(seq)?.values() ?? [])]
  const agreed = told.map((each) => told.filter(sameAs(each))).find(({ length }) => length >= node.quorum)
  if (agreed !== undefined) adopt(node, seq, agreed)
}

/** Moves the window to a stable checkpoint. Its state may be missing here: then the disk keeps the last one until it comes. */
export const adopt = (node: Node, seq: Sequence, certificate: CheckpointCertificate): void => {
  if (seq < node.stable.seq || (seq === node.stable.seq && node.stable.data !== null)) return
  const own = node.states.get(seq)
  const isOwn = own !== undefined && isStateOf(certificate, own)
  if (seq === node.stable.seq && !isOwn) return
  node.stable = { seq, certificate, data: isOwn ? own : null }
  node.replaces = isOwn
  forgetBefore(node, seq)
}

/** What the checkpoint covers is needed no more, but for what may have to be said again about the checkpoint itself. */
const forgetBefore = (node: Node, seq: Sequence): void => {
  for (const at of node.slots.keys()) if (at <= seq) node.slots.delete(at)
  for (const at of node.checkpoints.keys()) if (at < seq) node.checkpoints.delete(at)
  for (const at of node.states.keys()) if (at <= seq) node.states.delete(at)
  const used = new Set([NULL_DIGEST])
  for (const { prePrepare, prepared, commits } of node.slots.values()) {
    for (const each of [prePrepare, prepared?.prePrepare, ...commits.values()])
      if (each != null) used.add(each.body.digest)
  }
  for (const digest of node.batches.keys()) if (!used.has(digest)) node.batches.delete(digest)
  node.lastProposed = Math.max(node.lastProposed, seq)
}

const isStateOf = ([first]: CheckpointCertificate, data: string): boolean =>
  first !== undefined && digestOfState({ data, root: first.body.root }) === first.body.digest

/** Whether `least` different replicas say the same of one checkpoint. */
export const isCertificate = (node: Node, certificate: CheckpointCertificate, least: number): boolean => {
  const [first] = certificate
  if (first === undefined) return false
  const replicas = new Set(certificate.map(({ body }) => body.replica))
  return (
    replicas.size >= least &&
    certificate.every(
      (each) => each.body.type === 'checkpoint' && sameAs(first)(each) && isGenuine(node, each),
    )
  )
}

/** State transfer (4.3, 4.4): the certificate tells the digest of the state, so it does not matter who sends it. */
export const onState = (node: Node, certificate: CheckpointCertificate, data: string): void => {
  const seq = certificate[0]?.body.seq ?? 0
  const isNeeded = seq > node.executed && seq >= node.stable.seq
  if (!isNeeded || !isStateOf(certificate, data)) return
  if (!isCertificate(node, certificate, node.deviations.stateQuorumOf(node.quorum))) return
  node.stable = { seq, certificate, data }
  node.executed = seq
  forgetBefore(node, seq)
  node.installed = { seq, data }
  node.replaces = true
}
