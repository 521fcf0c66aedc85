/** Which nodes can be expected to serve while faults are in force. */
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import { cutLinks, sidesOf } from './partitions.ts'
import type { Span } from './spans.ts'

export const nodesOf = ({ samples, pairs }: RunRecord): readonly string[] =>
  [
    ...new Set([
      ...(samples ?? []).map(({ node }) => node),
      ...pairs.flatMap(({ invocation }) => invocation.node ?? []),
    ]),
  ].sort()

/** From the injection, which may begin to act before it is recorded, to the end of the heal. */
export const spanOfFault = ({ planned, injectedAtNs, healedAtNs, error }: FaultRecord): Span | null => {
  // An injection that failed midway may have acted.
  if (injectedAtNs === undefined && error === undefined) return null
  return {
    fromNs: Math.min(planned.atNs, injectedAtNs ?? planned.atNs),
    toNs: healedAtNs ?? Number.POSITIVE_INFINITY,
  }
}

/**
 * The nodes that a fault leaves running and connected to each other: those on the larger side of a partition, otherwise those
 * that are no victims.
 */
export const untouchedBy = (fault: FaultRecord, nodes: readonly string[]): readonly string[] => {
  const cut = cutLinks(fault)
  const sides = sidesOf(nodes, cut)
  if (sides.length === 1) return nodes.filter((node) => !fault.victims.includes(node))
  return sides.find((side) => side.length > nodes.length / 2) ?? []
}

/** The nodes that all faults in force at some time in the span leave alone; empty if they are no majority. */
export const ableNodes = (
  faults: readonly FaultRecord[],
  nodes: readonly string[],
  { fromNs, toNs }: Span,
): readonly string[] => {
  const inForce = faults.filter((fault) => {
    const span = spanOfFault(fault)
    return span !== null && span.fromNs < toNs && span.toNs > fromNs
  })
  const able = nodes.filter((node) => inForce.every((fault) => untouchedBy(fault, nodes).includes(node)))
  return able.length > nodes.length / 2 ? able : []
}
