import { describe, expect, it } from 'vitest'
import type { Claims } from '../../harness/api/claims.ts'
import type { Recovery, RunFacts } from '../../harness/api/record.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import { recovery } from './recovery.ts'
import { CLAIMS, judge } from './testing/records.ts'

describe('recovery', () => {
  const judgeRecovery = (seen: Recovery | null, claims: Claims = CLAIMS): Promise<Verdict> =>
    judge(recovery, { facts: { recovery: seen, aborted: null } as unknown as RunFacts, claims })
  const back = (afterMs: number): Recovery => ({
    recoveredAfterMs: afterMs,
    deadlineMs: 60_000,
    notReady: [],
  })
  const never = (deadlineMs = 60_000): Recovery => ({ recoveredAfterMs: null, deadlineMs, notReady: ['n2'] })
  const { recoversWithinMs: _, ...unbounded } = CLAIMS

  it.each([
    ['within the claim', 'valid', back(300), CLAIMS],
    ['later than claimed', 'invalid', back(5001), CLAIMS],
    ['never, with a bound claimed', 'invalid', never(), CLAIMS],
    ['never, without one', 'unknown', never(), unbounded],
    ['never, but waited for less than is claimed', 'unknown', never(500), CLAIMS],
    ['not observed', 'unknown', null, CLAIMS],
  ] as const)('%s: %s', async (_, status, seen, claims) => {
    expect(await judgeRecovery(seen, claims)).toMatchObject({ status })
  })

  it('where it was not observed, says why', async () => {
    const facts = { recovery: null, aborted: 'interrupted' } as unknown as RunFacts
    expect((await judge(recovery, { facts })).summary).toContain('interrupted')
  })

  it('a node that does not come back is held against the cluster, a service beside it is not', async () => {
    expect(await judgeRecovery({ ...never(), servicesNotReady: [] })).toMatchObject({ status: 'invalid' })
    expect(await judgeRecovery({ ...never(), notReady: [], servicesNotReady: ['sink'] })).toMatchObject({
      status: 'unknown',
      summary:
        "Not judged: beside the cluster, sink did not come back, which is no failure of the cluster's (its log is kept with the run).",
    })
  })
})
