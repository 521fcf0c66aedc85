/**
 * Whether a primary may still serve: its lease, and what it does without one.
 *
 * With fencing a primary has a lease as long as those who could replace it have answered what it sent a short time ago. They
 * are patient for longer, counted from when they received it. So before there is a new primary, the old one has stopped, by
 * its own clock, whatever became of its messages (Gray and Cheriton, "Leases", SOSP 1989). All that is needed is that clocks
 * run at about the same rate. Without fencing, a primary takes a while to see that nobody answers it.
 */
import { majorityOf, type Node } from './node.ts'
import type { MayRead } from './types.ts'

/** Of the patience of those who could replace it. */
const LEASE = 0.7
/** Without fencing. */
const NOTICED_AFTER = 4

const contactTicks = ({ config }: Node): number =>
  config.failoverTicks * (config.fencing ? LEASE : NOTICED_AFTER)

/** A primary has contact if a majority of the nodes answers it; with a view service, if the service does. */
export const hasContact = (node: Node): boolean => {
  const { now, failover, nodes, deviations } = node.config
  if (node.role !== 'primary') return false
  if (deviations.ignoresLease || nodes.length === 1) return true
  const since = now() - contactTicks(node)
  if (failover === 'view-service') return node.confirmedAt > since
  const answering = [...node.progress.values()].filter(({ answeredTo }) => answeredTo > since)
  return answering.length + 1 >= majorityOf(node)
}

/** Everything that was acknowledged before its view is in its state. */
export const isPromoted = (node: Node): boolean =>
  node.role === 'primary' && (node.commit >= node.firstIndex || node.config.deviations.readsBeforePromotion)

/**
 * And its state machine shows it. Between the acknowledgement that commits its first entry and the pass that applies what is
 * committed, it does not yet.
 */
const showsPromotion = (node: Node): boolean =>
  isPromoted(node) && (node.applied >= node.firstIndex || node.config.deviations.readsBeforePromotion)

export const mayWrite = (node: Node): boolean =>
  node.role === 'primary' && (hasContact(node) || node.config.minority === 'serve-all')

/** A primary that serves everything does without its backups once it has lost contact, or found none. */
export const isAlone = (node: Node): boolean => {
  const { minority, now } = node.config
  if (minority !== 'serve-all' || node.role !== 'primary' || hasContact(node)) return false
  return now() - node.primarySince >= contactTicks(node)
}

export const mayRead = (node: Node): MayRead => {
  const { minority, now, failoverTicks } = node.config
  if (hasContact(node)) return showsPromotion(node) ? 'yes' : 'no'
  if (minority === 'serve-stale-and-say-so') {
    const hearsPrimary = node.role === 'backup' && now() - node.heardAt < failoverTicks
    return hearsPrimary ? 'no' : 'stale'
  }
  const isServing = minority === 'read-only' || minority === 'serve-all'
  return isServing && showsPromotion(node) ? 'yes' : 'no'
}
