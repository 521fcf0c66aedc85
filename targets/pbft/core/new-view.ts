/** What a new view begins with (4.4): its primary computes it from view changes, and every backup computes it again. */
import type { NodeId } from '../../protocol/commands.ts'
import { isCertificate } from './checkpoints.ts'
import { isGenuine, type Node, primaryOf } from './node.ts'
import { NULL_DIGEST } from './texts.ts'
import type {
  CheckpointCertificate,
  Digest,
  NewView,
  PreparedCertificate,
  Sequence,
  Signed,
  View,
  ViewChange,
} from './types.ts'

export interface Beginning {
  /** The highest stable checkpoint of the view changes: min-s of the paper, and its proof. */
  readonly stable: Sequence
  readonly checkpoint: CheckpointCertificate
  /** Of each sequence number above, up to the last that prepared: what must be proposed again, or the null request. */
  readonly digests: readonly { readonly seq: Sequence; readonly digest: Digest }[]
}

const highestOf = (
  certificates: readonly PreparedCertificate[],
): ReadonlyMap<Sequence, PreparedCertificate> => {
  const highest = new Map<Sequence, PreparedCertificate>()
  for (const certificate of certificates) {
    const { seq, view } = certificate.prePrepare.body
    const known = highest.get(seq)
    if (known === undefined || known.prePrepare.body.view < view) highest.set(seq, certificate)
  }
  return highest
}

/** What prepared in the highest view, for each number between the checkpoint and the last that prepared. */
export const beginningOf = (
  node: Node,
  view: View,
  viewChanges: readonly Signed<ViewChange>[],
): Beginning => {
  const considered = node.deviations.considered(viewChanges, primaryOf(node, view))
  const latest = viewChanges.reduce((a, b) => (b.body.stable > a.body.stable ? b : a)).body
  const prepared = highestOf(considered.flatMap(({ body }) => body.prepared))
  const last = Math.max(latest.stable, ...prepared.keys())
  const digests = Array.from({ length: last - latest.stable }, (_, i) => {
    const seq = latest.stable + 1 + i
    return { seq, digest: prepared.get(seq)?.prePrepare.body.digest ?? NULL_DIGEST }
  })
  return { stable: latest.stable, checkpoint: latest.checkpoint, digests }
}

const isPrepared = (node: Node, { prePrepare, prepares }: PreparedCertificate): boolean => {
  const { type, view, seq, digest, replica } = prePrepare.body
  const primary = primaryOf(node, view)
  const backups = new Set(prepares.map(({ body }) => body.replica))
  return (
    type === 'pre-prepare' &&
    replica === primary &&
    backups.size >= node.quorum - 1 &&
    !backups.has(primary) &&
    isGenuine(node, prePrepare) &&
    prepares.every(
      ({ body }) =>
        body.type === 'prepare' && body.view === view && body.seq === seq && body.digest === digest,
    ) &&
    prepares.every((each) => isGenuine(node, each))
  )
}

/** Whether what it says is proved. That the replica has signed it is known. */
export const isProvedViewChange = (node: Node, { body }: Signed<ViewChange>): boolean => {
  const { view, stable, checkpoint, prepared } = body
  const isStable =
    stable === 0
      ? checkpoint.length === 0
      : checkpoint[0]?.body.seq === stable && isCertificate(node, checkpoint, node.quorum)
  const isWithin = prepared.every(({ prePrepare: { body: of } }) => {
    const isInWindow = of.seq > stable && of.seq <= stable + node.config.windowSize
    return of.view < view && (isInWindow || node.deviations.skipsWindow)
  })
  return isStable && isWithin && prepared.every((each) => isPrepared(node, each))
}

/** Whether a quorum has asked for the view, and it begins with what follows from that. */
export const isProvedNewView = (node: Node, { body }: Signed<NewView>): boolean => {
  const { view, viewChanges, prePrepares } = body
  const replicas = new Set<NodeId>(viewChanges.map((each) => each.body.replica))
  if (replicas.size < node.quorum || replicas.size < viewChanges.length) return false
  const areProved = viewChanges.every(
    (each) =>
      each.body.type === 'view-change' &&
      each.body.view === view &&
      isGenuine(node, each) &&
      isProvedViewChange(node, each),
  )
  if (!areProved) return false
  const { digests } = beginningOf(node, view, viewChanges)
  return (
    prePrepares.length === digests.length &&
    prePrepares.every(({ body: of }, i) => {
      const due = digests[i]
      const isDue = of.seq === due?.seq && of.digest === due.digest
      return isDue && of.type === 'pre-prepare' && of.view === view && of.replica === body.replica
    }) &&
    prePrepares.every((each) => isGenuine(node, each))
  )
}
