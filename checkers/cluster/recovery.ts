/** After all faults are healed the cluster must come back: within the claimed time, or else nothing is known. */
import type { RunRecord } from '../../harness/api/record.ts'
import type { Checker, Verdict } from '../../harness/api/verdict.ts'
import { formatDurationMs } from '../../harness/support/time.ts'

const judge = (record: RunRecord): Pick<Verdict, 'status' | 'summary' | 'details'> => {
  const recovery = record.facts?.recovery ?? null
  if (recovery === null) {
    const why = record.facts?.aborted ?? 'the run kept no record of it'
    return { status: 'unknown', summary: `Recovery was not observed: ${why}.`, details: {} }
  }
  const claimed = record.claims?.recoversWithinMs
  const details = { ...recovery, claimedMs: claimed ?? null }
  const services = recovery.servicesNotReady ?? []
  if (services.length > 0) {
    const summary = `Not judged: beside the cluster, ${services.join(', ')} did not come back, which is no failure of the cluster's (its log is kept with the run).`
    return { status: 'unknown', summary, details }
  }
  if (recovery.recoveredAfterMs === null) {
    const summary = `Not recovered ${formatDurationMs(recovery.deadlineMs)} after the last heal: ${recovery.notReady.join(', ')} not ready.`
    const broken = claimed !== undefined && recovery.deadlineMs >= claimed
    return { status: broken ? 'invalid' : 'unknown', summary, details }
  }
  const took = formatDurationMs(recovery.recoveredAfterMs)
  if (claimed !== undefined && recovery.recoveredAfterMs > claimed) {
    return {
      status: 'invalid',
      summary: `Recovered only ${took} after the last heal; ${formatDurationMs(claimed)} is claimed.`,
      details,
    }
  }
  return { status: 'valid', summary: `All nodes were ready ${took} after the last heal.`, details }
}

export const recovery: Checker = {
  name: 'recovery',
  finds: 'nodes that do not come back once all is healed, or too late',
  needs: ['facts', 'claims'],
  check: async (record) => {
    const claimed = record.claims?.recoversWithinMs
    const text =
      claimed === undefined
        ? 'recovers once healed (no bound is claimed)'
        : `recovers within ${formatDurationMs(claimed)} once healed`
    const source = record.claims?.source ?? ''
    return { checker: 'recovery', promise: { text, source }, evidence: [], ...judge(record) }
  },
}
