import { describe, expect, it } from 'vitest'
import type { Claims } from '../../harness/api/claims.ts'
import type { MachineSample, Recovery, RunFacts } from '../../harness/api/record.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import type { RecordParts } from '../../harness/testing/record.ts'
import { recovery } from './recovery.ts'
import { CLAIMS, fault, judge } from './testing/records.ts'

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

  it('tells when the claimed time was over: 5 s after the last heal', async () => {
    const parts = { facts: { recovery: never(), aborted: null } as unknown as RunFacts, claims: CLAIMS }
    const { evidence } = await judge(recovery, { ...parts, faults: [fault('kill', 1000, 10_000)] })
    const text = 'the claimed time was over at 15.000 s'
    expect(evidence).toEqual([{ title: 'Too late', text, operations: [], atNs: 15e9 }])
    const unclaimed = await judge(recovery, { ...parts, claims: unbounded })
    expect(unclaimed.evidence).toEqual([])
  })

  describe('what is not held against the cluster', () => {
    const machine = (lateMs: number): readonly MachineSample[] =>
      Array.from({ length: 30 }, (_, i) => ({
        timeNs: (i + 1) * 1e9,
        periodMs: 1000,
        sleeperLateMs: lateMs,
        sleeperWorstMs: lateMs,
        loopLateMs: 0,
        pressureMs: null,
        stealMs: null,
      }))
    const late = (parts: RecordParts): Promise<Verdict> =>
      judge(recovery, {
        facts: { recovery: back(19_000), aborted: null } as unknown as RunFacts,
        claims: { ...CLAIMS, recoversWithinMs: 15_000 },
        faults: [fault('kill', 1000, 10_000)],
        ...parts,
      })

    it('a slow machine', async () => {
      const slow = await late({ machine: machine(300) })
      expect(slow.status).toBe('unknown')
      expect(slow.summary).toContain('a process that only sleeps woke up late for 5.7 s')
      expect(await late({ machine: machine(50) })).toMatchObject({ status: 'invalid' })
      expect(await late({ machine: null })).toMatchObject({ status: 'invalid' })
    })

    it('a fault that was not healed', async () => {
      const { healedAtNs: _, ...unhealed } = fault('kill', 1000, 10_000)
      const judged = await late({ faults: [{ ...unhealed, error: 'iptables failed' }] })
      expect(judged).toMatchObject({ status: 'unknown', summary: expect.stringContaining('iptables failed') })
    })
  })

  it('says why it was not observed', async () => {
    const facts = { recovery: null, aborted: 'interrupted' } as unknown as RunFacts
    expect((await judge(recovery, { facts })).summary).toContain('interrupted')
  })

  it('a node that does not come back counts against the cluster, a service beside it does not', async () => {
    expect(await judgeRecovery({ ...never(), servicesNotReady: [] })).toMatchObject({ status: 'invalid' })
    expect(await judgeRecovery({ ...never(), notReady: [], servicesNotReady: ['sink'] })).toMatchObject({
      status: 'unknown',
      summary:
        'Not judged: a service beside the cluster did not come back: sink; this is not a failure of the cluster (see the log of the service, kept with the run).',
    })
  })
})
