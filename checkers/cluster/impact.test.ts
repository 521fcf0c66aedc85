import { describe, expect, it } from 'vitest'
import type { Operation } from '../../harness/api/history.ts'
import type { FaultRecord, RunRecord, RunSpec, Sample } from '../../harness/api/record.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { bareRecord } from '../../harness/store/run-store.ts'
import { plannedFault } from '../../harness/testing/faults.ts'
import { type RecordParts, recordOf } from '../../harness/testing/record.ts'
import { impactOf } from './impact.ts'

const S = 1e9

/** A read of 10 ms every tenth of a second, except in the gaps. */
const reads = (untilS: number, gaps: readonly (readonly [number, number])[]): readonly Operation[] => {
  const history: Operation[] = []
  for (let at = 0; at < untilS * 10; at++) {
    const timeNs = (at * S) / 10
    if (gaps.some(([from, to]) => timeNs >= from * S && timeNs < to * S)) continue
    const base = { process: 0, f: 'read', value: null } as const
    history.push({ ...base, index: history.length, timeNs, type: 'invoke' })
    history.push({ ...base, index: history.length, timeNs: timeNs + S / 100, type: 'ok' })
  }
  return history
}

const fault = (fromS: number, toS: number, change: Partial<FaultRecord> = {}): FaultRecord => ({
  planned: plannedFault(),
  victims: ['n1'],
  injectedAtNs: fromS * S,
  healedAtNs: toS * S,
  effects: [],
  effective: true,
  ...change,
})

const LEADER: NodeStatus = { role: 'leader', leader: 'n1', members: ['n1', 'n2'] }
const FOLLOWER: NodeStatus = { role: 'follower', leader: 'n1', members: ['n1', 'n2'] }
const CANDIDATE: NodeStatus = { role: 'candidate', leader: null }

/** Both nodes sampled every tenth of a second. */
const samples = (
  untilS: number,
  of: (atS: number) => readonly [NodeStatus | null, NodeStatus | null],
): readonly Sample[] =>
  Array.from({ length: untilS * 10 }, (_, i) => i / 10).flatMap((atS) =>
    of(atS).map((status, n): Sample => ({ timeNs: atS * S, node: `n${n + 1}`, status })),
  )

const record = (parts: RecordParts): RunRecord =>
  recordOf({ spec: { nodes: 2 } as unknown as RunSpec, samples: [], ...parts })

describe('the impact of faults', () => {
  const history = reads(20, [[5, 8]])
  const down = (atS: number) => atS >= 5 && atS < 9
  const sampled = samples(20, (atS) => (down(atS) ? [LEADER, null] : [LEADER, FOLLOWER]))

  it('measures each recovery: first ok, all ready, rate back', () => {
    const impact = impactOf(record({ history, faults: [fault(5, 7)], samples: sampled }))
    expect(impact?.recoveries).toEqual([
      { fault: 'kill-1', kind: 'kill/at-once', firstOkMs: 1010, readyMs: 2000, rateBackMs: 800 },
    ])
  })

  it('finds the longest time without an ok, by kind of fault', () => {
    const quiet = fault(12, 13, {
      planned: plannedFault({ id: 'clock-1', nemesis: 'clock', kind: 'clock/bump' }),
    })
    const impact = impactOf(record({ history, faults: [fault(5, 7), quiet], samples: sampled }))
    // The last ok before it was at 4.91 s, the next at 8.01 s.
    expect(impact?.longestUnavailabilityMs).toEqual({ 'kill/at-once': 3100, 'clock/bump': 100 })
  })

  it('gives null for what did not recover before the end', () => {
    const impact = impactOf(
      record({ history: reads(8, [[5, 9]]), faults: [fault(5, 7)], samples: sampled.slice(0, 150) }),
    )
    expect(impact?.recoveries[0]).toMatchObject({ firstOkMs: null, readyMs: null, rateBackMs: null })
  })

  it('counts operations by fault and by what the cluster was doing', () => {
    const doing = samples(20, (atS) => {
      if (atS >= 10 && atS < 11) return [CANDIDATE, CANDIDATE]
      if (atS >= 11 && atS < 12) return [LEADER, { ...FOLLOWER, members: ['n1'] }]
      return [LEADER, FOLLOWER]
    })
    const impact = impactOf(record({ history: reads(20, []), faults: [fault(9, 13)], samples: doing }))
    const row = impact?.coverage['kill/at-once']
    expect(row?.election?.read).toBeGreaterThanOrEqual(9)
    expect(row?.['membership change']?.read).toBeGreaterThanOrEqual(9)
    expect(row?.steady?.read).toBeGreaterThanOrEqual(18)
    const counted = Object.values(row ?? {}).reduce((sum, cell) => sum + (cell?.read ?? 0), 0)
    // Forty reads, and a few that touch two states.
    expect(counted).toBeGreaterThanOrEqual(40)
    expect(counted).toBeLessThan(50)
  })

  it('reports unsampled time as unknown', () => {
    const impact = impactOf(record({ history: reads(20, []), faults: [fault(9, 13)], samples: [] }))
    expect(Object.keys(impact?.coverage['kill/at-once'] ?? {})).toEqual(['unknown'])
  })

  it('distinguishes recovery, steady and snapshot', () => {
    const compacted = (atS: number): NodeStatus => ({ ...FOLLOWER, snapshotIndex: atS < 12 ? 0 : 500 })
    const recovering = samples(20, (atS) => [LEADER, atS < 10 ? null : compacted(atS)])
    const second = fault(8, 14, {
      planned: plannedFault({ id: 'pause-1', nemesis: 'pause', kind: 'pause/stall' }),
    })
    const impact = impactOf(
      record({ history: reads(20, []), faults: [fault(5, 7), second], samples: recovering }),
    )
    const row = impact?.coverage['pause/stall']
    expect(row?.recovery?.read).toBeGreaterThan(10)
    expect(row?.snapshot?.read).toBeGreaterThan(0)
    expect(row?.steady?.read).toBeGreaterThan(20)
  })

  it('leaves out faults without effect, and is null without faults', () => {
    const idle = impactOf(record({ history, faults: [fault(5, 7, { effective: false })], samples: sampled }))
    expect(idle).toMatchObject({
      recoveries: [],
      longestUnavailabilityMs: {},
      coverage: {},
      use: {},
      sides: [],
    })
    expect(impactOf(record({ history, faults: [] }))).toBeNull()
    expect(impactOf(bareRecord(history))).toBeNull()
  })
})
