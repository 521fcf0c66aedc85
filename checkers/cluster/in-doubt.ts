/**
 * Transactions in doubt: a node that has voted yes must wait for the decision, and keep its locks until then. Two-phase commit
 * blocks, so being in doubt breaks no promise; for how long, and because of what, is told.
 */
import type { FaultRecord, RunRecord, Sample } from '../../harness/api/record.ts'
import type { TransactionReport } from '../../harness/api/target.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import { NS_PER_MS } from '../../harness/support/time.ts'
import type { Span } from './spans.ts'

/** A node in doubt about a transaction, from its vote to the last sample in which it still was. */
export interface Doubt extends Span {
  readonly node: string
  readonly report: TransactionReport
}

export const doubtsIn = (samples: readonly Sample[]): readonly Doubt[] => {
  const doubts = new Map<string, Doubt>()
  for (const { node, timeNs, status } of samples)
    for (const report of status?.transactions ?? []) {
      if (report.inDoubtMs === undefined) continue
      const name = `${node} ${report.id}`
      // A node that starts again counts from there.
      const fromNs = Math.min(
        doubts.get(name)?.fromNs ?? Number.POSITIVE_INFINITY,
        timeNs - report.inDoubtMs * NS_PER_MS,
      )
      doubts.set(name, { node, report, fromNs, toNs: timeNs })
    }
  return [...doubts.values()].sort((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs))
}

const isIn = (fault: FaultRecord, { fromNs, toNs }: Doubt): boolean => {
  const { injectedAtNs, injectingAtNs = injectedAtNs, healedAtNs = Number.POSITIVE_INFINITY } = fault
  return injectingAtNs !== undefined && fault.effective && injectingAtNs <= toNs && healedAtNs >= fromNs
}

/** The faults in force meanwhile that hit its coordinator; if there are none, those that hit others of the transaction. */
const causesOf = (doubt: Doubt, faults: RunRecord['faults']): string => {
  const { coordinator, participants } = doubt.report
  const inForce = (faults ?? []).filter((fault) => isIn(fault, doubt))
  const hitting = (nodes: readonly string[]): readonly FaultRecord[] =>
    inForce.filter(({ victims }) => victims.some((node) => nodes.includes(node)))
  const ofCoordinator = hitting([coordinator])
  const all = ofCoordinator.length > 0 ? ofCoordinator : hitting(participants)
  if (all.length === 0) return 'no fault of its nodes'
  const named = all.map(({ planned: { nemesis }, victims }) => `${nemesis} of ${victims.join(', ')}`)
  return [...new Set(named)].slice(0, 2).join(' and ')
}

const seconds = ({ fromNs, toNs }: Span): string => `${((toNs - fromNs) / (1000 * NS_PER_MS)).toFixed(3)} s`

/** One clause about it. */
export const inWords = (doubt: Doubt, faults: RunRecord['faults']): string =>
  `${doubt.node} about ${doubt.report.id} for ${seconds(doubt)} (coordinator ${doubt.report.coordinator}; ${causesOf(doubt, faults)})`

const SHOWN = 10

/** @param doubts the longest first */
export const doubtEvidence = (doubts: readonly Doubt[], faults: RunRecord['faults']): readonly Evidence[] => {
  if (doubts.length === 0) return []
  const text = doubts
    .slice(0, SHOWN)
    .map((doubt) => inWords(doubt, faults))
    .join('\n')
  return [
    {
      title: `in doubt, the longest of ${doubts.length}`,
      text,
      operations: [],
      isAllowed: true,
      isRecord: true,
    },
  ]
}
