/** Which nodes can be expected to serve while faults are in force. */
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import { cutLinks, sidesOf } from './partitions.ts'
import type { Span } from './spans.ts'

export const nodesOf = ({ samples, pairs }: RunRecord): readonly string[] => {
  const nodes = new Set((samples ?? []).map(({ node }) => node))
  for (const { invocation } of pairs) if (invocation.node !== undefined) nodes.add(invocation.node)
  return [...nodes].sort()
}

/** From the injection, which may begin to act before it is recorded, to the end of the heal. */
export const spanOfFault = ({ planned, injectedAtNs, healedAtNs, error }: FaultRecord): Span | null => {
  if (injectedAtNs !== undefined)
    return { fromNs: Math.min(planned.atNs, injectedAtNs), toNs: healedAtNs ?? Number.POSITIVE_INFINITY }
  // An injection that failed midway may have acted.
  return error === undefined ? null : { fromNs: planned.atNs, toNs: planned.atNs + planned.durationNs }
}

/** Services beside the cluster whose links with a node are cut; client groups are none. */
const isApartFromService = (node: string, nodes: readonly string[], cut: ReadonlySet<string>): boolean =>
  [...cut].some((link) => {
    const ends = link.split('>')
    const other = ends.find((end) => end !== node)
    return (
      ends.includes(node) && other !== undefined && !nodes.includes(other) && !other.startsWith('clients-')
    )
  })

/**
 * The nodes that a fault leaves running and connected to each other: those on the larger side of a partition, otherwise those
 * that are no victims. A node that no longer reaches a service beside the cluster may not be able to serve.
 */
export const untouchedBy = (fault: FaultRecord, nodes: readonly string[]): readonly string[] => {
  const cut = cutLinks(fault)
  const sides = sidesOf(nodes, cut)
  if (sides.length === 1) return nodes.filter((node) => !fault.victims.includes(node))
  const majority = sides.find((side) => side.length > nodes.length / 2) ?? []
  return majority.filter((node) => !isApartFromService(node, nodes, cut))
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
