/** After all faults are healed, the cluster must become ready within the claimed time. Without a claim, a failure is unknown. */
import type { RunRecord } from '../../harness/api/record.ts'
import { formatDurationMs } from '../../harness/support/time.ts'
import { assumed, claimed } from '../promise.ts'
import { checkerOf, type Judged, notJudged } from '../verdict.ts'

const judge = ({ facts, claims }: RunRecord): Judged => {
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
  if (recovery.recoveredAfterMs === null) {
    const isBroken = claimedMs !== null && recovery.deadlineMs >= claimedMs
    return {
      status: isBroken ? 'invalid' : 'unknown',
      summary: `Not recovered ${formatDurationMs(recovery.deadlineMs)} after the last heal: ${recovery.notReady.join(', ')} not ready.`,
      evidence: [],
      details,
    }
  }
  const took = formatDurationMs(recovery.recoveredAfterMs)
  const isLate = claimedMs !== null && recovery.recoveredAfterMs > claimedMs
  return {
    status: isLate ? 'invalid' : 'valid',
    summary: isLate
      ? `Recovered ${took} after the last heal, later than the claimed ${formatDurationMs(claimedMs)}.`
      : `All nodes were ready ${took} after the last heal.`,
    evidence: [],
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
      ? assumed('recovers after the last heal (no time limit is claimed)')()
      : claimed(record, `recovers within ${formatDurationMs(claimedMs)} after the last heal`)
  },
  judge,
})
