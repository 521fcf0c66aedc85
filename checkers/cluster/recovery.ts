/** After all faults are healed the cluster must come back: within the claimed time, or else nothing is known. */
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
      `beside the cluster, ${services.join(', ')} did not come back, which is no failure of the cluster's (its log is kept with the run)`,
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
      ? `Recovered only ${took} after the last heal; ${formatDurationMs(claimedMs)} is claimed.`
      : `All nodes were ready ${took} after the last heal.`,
    evidence: [],
    details,
  }
}

export const recovery = checkerOf({
  name: 'recovery',
  finds: 'nodes that do not come back once all is healed, or too late',
  needs: ['facts', 'claims'],
  promise: (record) => {
    const claimedMs = record.claims?.recoversWithinMs
    return claimedMs === undefined
      ? assumed('recovers once healed (no bound is claimed)')()
      : claimed(record, `recovers within ${formatDurationMs(claimedMs)} once healed`)
  },
  judge,
})
