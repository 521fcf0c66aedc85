/**
 * A replica that starts again goes on with everything that it had said: PBFT counts one that forgets its words among the liars.
 * Its own votes follow from what is on the disk, and it signs them again.
 */
import type { CoreDeviations } from './deviations.ts'
import { createNode, type Node, say, slotAt } from './node.ts'
import { digestOf } from './texts.ts'
import type { Durable, DurableRecord, Keys, PbftConfig, Vote } from './types.ts'

export const restoredNode = (
  config: PbftConfig,
  { stable, records }: Durable,
  keys: Keys,
  deviations: CoreDeviations,
): Node => {
  const node = createNode(config, stable, keys, deviations)
  for (const record of records) replay(node, record)
  for (const [seq, slot] of node.slots) {
    const { prePrepare, prepared } = slot
    const { id } = config
    const own = (type: Vote['type'], { view, digest }: Pick<Vote, 'view' | 'digest'>) =>
      say(node, { type, view, seq, digest, replica: id } as const)
    if (prePrepare !== null && prePrepare.body.replica !== id)
      slot.prepares.set(id, own('prepare', prePrepare.body))
    if (prepared !== null) slot.commits.set(id, own('commit', prepared.prePrepare.body))
    if (prePrepare !== null) node.lastProposed = Math.max(node.lastProposed, seq)
  }
  return node
}

const replay = (node: Node, record: DurableRecord): void => {
  switch (record.type) {
    case 'accepted': {
      const { seq } = record.prePrepare.body
      if (seq > node.stable.seq) slotAt(node, seq).prePrepare = record.prePrepare
      return
    }
    case 'requests':
      node.batches.set(digestOf(record.requests), record.requests)
      return
    case 'prepared': {
      const { seq } = record.certificate.prePrepare.body
      if (seq > node.stable.seq) slotAt(node, seq).prepared = record.certificate
      return
    }
    case 'view':
      node.view = record.view
      node.isActive = record.isActive
      node.newView = record.newView
  }
}

/** All that the disk must hold. */
export const durableOf = (node: Node): Durable => {
  const { stable, view, isActive, newView, batches, slots } = node
  const records: DurableRecord[] = [{ type: 'view', view, isActive, newView }]
  for (const batch of batches.values())
    if (batch.length > 0) records.push({ type: 'requests', requests: batch })
  for (const { prePrepare, prepared } of slots.values()) {
    if (prePrepare !== null) records.push({ type: 'accepted', prePrepare })
    if (prepared !== null) records.push({ type: 'prepared', certificate: prepared })
  }
  return { stable, records }
}
