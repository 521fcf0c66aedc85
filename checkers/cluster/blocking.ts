/**
 * How long nodes are in doubt about transactions, where the target claims a limit: with a replicated coordinator, atomic
 * commitment does not block while a majority runs and is connected (Gray and Lampson 2006, sections 3.3 and 4.2).
 *
 * Faults divide the time of a doubt, since each may take its leader from the log that decides. Only a stretch between two
 * changes counts, in which the node was in a majority that no fault touched. A doubt is known up to the last status that told
 * of it, so it may have lasted longer, and never shorter.
 */
import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import { formatDurationMs, NS_PER_MS } from '../../harness/support/time.ts'
import { assumed, claimed } from '../promise.ts'
import { checkerOf, conclude, type Finding, type Judged } from '../verdict.ts'
import { ableNodes, nodesOf, spanOfFault } from './able-nodes.ts'
import { troubleNote } from './fault-trouble.ts'
import { type Doubt, doubtsIn } from './in-doubt.ts'
import { slowMachine } from './slow-machine.ts'
import type { Span } from './spans.ts'

const KINDS = ['in doubt for too long'] as const

interface Late extends Finding<(typeof KINDS)[number]> {
  readonly span: Span
}

/** The parts of a span between which a fault begins or ends. */
const stretches = ({ fromNs, toNs }: Span, faults: readonly FaultRecord[]): readonly Span[] => {
  const changes = faults.flatMap((fault) => {
    const span = spanOfFault(fault)
    return span === null ? [] : [span.fromNs, span.toNs]
  })
  const cuts = [fromNs, ...changes.filter((atNs) => atNs > fromNs && atNs < toNs), toNs].sort((a, b) => a - b)
  return cuts.slice(1).map((endNs, i) => ({ fromNs: cuts[i] as number, toNs: endNs }))
}

const lateIn = (doubts: readonly Doubt[], record: RunRecord, allowedMs: number): readonly Late[] => {
  const nodes = nodesOf(record)
  const faults = record.faults ?? []
  return doubts.flatMap((doubt) =>
    stretches(doubt, faults)
      .filter(({ fromNs, toNs }) => toNs - fromNs > allowedMs * NS_PER_MS)
      .filter((span) => ableNodes(faults, nodes, span).includes(doubt.node))
      .map((span): Late => {
        const { node, report } = doubt
        const took = formatDurationMs((span.toNs - span.fromNs) / NS_PER_MS)
        const text = `${node} was in doubt about ${report.id} for ${took}, in a majority that no fault touched (coordinator ${report.coordinator})`
        return { kind: 'in doubt for too long', text, operations: [], atNs: span.toNs, span }
      }),
  )
}

const judge = (record: RunRecord): Judged => {
  const allowedMs = record.claims?.decidesWithinMs ?? Number.POSITIVE_INFINITY
  const doubts = doubtsIn(record.samples ?? [])
  const late = lateIn(doubts, record, allowedMs)
  const trouble = troubleNote(record)
  const excuses = late.map(({ span }) => trouble ?? slowMachine(record, span, allowedMs))
  const excuse = excuses.every((each) => each !== null) ? (excuses[0] ?? null) : null
  const told = (record.samples ?? []).some(({ status }) => (status?.transactions ?? []).length > 0)
  return conclude(excuse === null ? late.filter((_, i) => excuses[i] === null) : late, {
    seen: `${doubts.length} times that a node was in doubt`,
    clean: 'none was longer than claimed while a majority ran and was connected',
    unproven: told ? null : 'no node told of a transaction',
    kinds: KINDS,
    anomalies: { 'in doubt for too long': 'blocked' },
    brokenIs: excuse === null ? 'invalid' : 'unknown',
    aside: excuse,
    details: { doubts: doubts.length, tooLong: late.length },
  })
}

export const blocking = checkerOf({
  name: 'blocking',
  finds: 'nodes that are in doubt about a transaction for longer than claimed',
  needs: ['samples', 'faults', 'claims'],
  applies: ({ claims, samples }) =>
    claims?.decidesWithinMs !== undefined &&
    (samples ?? []).some(({ status }) => status?.transactions !== undefined),
  promise: (record) => {
    const withinMs = record.claims?.decidesWithinMs
    return withinMs === undefined
      ? assumed('transactions are decided (no time limit is claimed)')
      : claimed(
          record,
          `no node of a connected majority is in doubt for longer than ${formatDurationMs(withinMs)}`,
        )
  },
  judge,
})
