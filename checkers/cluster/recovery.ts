/** After all faults are healed, the cluster must become ready within the claimed time. Without a claim, a failure is unknown. */
import type { RunRecord } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import { formatDurationMs, formatTimeNs, NS_PER_MS } from '../../harness/support/time.ts'
import { assumed, claimed } from '../promise.ts'
import { checkerOf, type Judged, notJudged } from '../verdict.ts'
import { troubleNote } from './fault-trouble.ts'
import { silentNode } from './silent-node.ts'
import { slowMachine } from './slow-machine.ts'
import type { Span } from './spans.ts'

/** The time that is judged, from the last heal on. */
const spanOf = ({ faults, spec }: RunRecord, tookMs: number): Span => {
  const healedNs = Math.max(0, ...(faults ?? []).map(({ healedAtNs = 0 }) => healedAtNs))
  // What was not healed before the end of the main part is healed then.
  const fromNs = Math.max(healedNs, (spec?.timeLimitMs ?? 0) * NS_PER_MS)
  return { fromNs, toNs: fromNs + tookMs * NS_PER_MS }
}

/**
 * Which nodes are not ready, and when the claimed time was over. Nothing if neither is known.
 *
 * @param lateAtNs null: it is not, or nobody claims one
 */
const evidenceOf = (
  record: RunRecord,
  notReady: readonly string[],
  lateAtNs: number | null,
): readonly Evidence[] => {
  const odd = notReady.flatMap((node) => silentNode(record, node) ?? [])
  const lines = odd.map(({ node, bad }) => `${node}  ${bad.text}`)
  const over = lateAtNs === null ? [] : [`the claimed time was over at ${formatTimeNs(lateAtNs)}`]
  if (odd.length + over.length === 0) return []
  const text = [...lines, ...over].join('\n')
  const when = lateAtNs === null ? {} : { atNs: lateAtNs }
  // Without nodes with which something is wrong it is no evidence about nodes (findings/groups.ts).
  if (odd.length === 0) return [{ title: 'Too late', text, operations: [], ...when }]
  return [{ title: 'Nodes that are not ready', text, operations: [], odd, ...when }]
}

const judge = (record: RunRecord): Judged => {
  const { facts, claims } = record
  const recovery = facts?.recovery ?? null
  if (recovery === null)
    return notJudged(`recovery was not observed (${facts?.aborted ?? 'the run kept no record of it'})`)
  const claimedMs = claims?.recoversWithinMs ?? null
  const details = { ...recovery, claimedMs }
  const services = recovery.servicesNotReady ?? []
  if (services.length > 0)
    return notJudged(
      `a service beside the cluster did not come back: ${services.join(', ')}; this is not a failure of the cluster (see the log of the service, kept with the run)`,
      details,
    )
  const tookMs = recovery.recoveredAfterMs ?? recovery.deadlineMs
  const took = formatDurationMs(tookMs)
  const isBack = recovery.recoveredAfterMs !== null
  const isLate = claimedMs !== null && (isBack ? tookMs > claimedMs : tookMs >= claimedMs)
  if (isBack && !isLate)
    return {
      status: 'valid',
      summary: `All nodes were ready ${took} after the last heal.`,
      evidence: [],
      details,
    }
  const what = isBack
    ? `Recovered ${took} after the last heal, later than the claimed ${formatDurationMs(claimedMs ?? 0)}`
    : `Not recovered ${took} after the last heal: ${recovery.notReady.join(', ')} not ready`
  const excuse =
    troubleNote(record) ?? (isLate ? slowMachine(record, spanOf(record, tookMs), claimedMs) : null)
  return {
    status: isLate && excuse === null ? 'invalid' : 'unknown',
    summary: `${what}${excuse === null ? '' : `; ${excuse}`}.`,
    evidence: evidenceOf(record, recovery.notReady, isLate ? spanOf(record, claimedMs).toNs : null),
    details,
  }
}

export const recovery = checkerOf({
  name: 'recovery',
  finds: 'nodes that do not come back after the last heal, or come back too late',
  needs: ['facts', 'claims'],
  promise: (record) => {
    const claimedMs = record.claims?.recoversWithinMs
    return claimedMs === undefined
      ? assumed('recovers after the last heal (no time limit is claimed)')
      : claimed(record, `recovers within ${formatDurationMs(claimedMs)} after the last heal`)
  },
  judge,
})
