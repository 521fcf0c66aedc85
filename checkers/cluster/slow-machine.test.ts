import { describe, expect, it } from 'vitest'
import type { MachineSample } from '../../harness/api/record.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { lostTimeIn, slowMachine } from './slow-machine.ts'

const second = (atS: number, change: Partial<MachineSample> = {}): MachineSample => ({
  timeNs: atS * 1e9,
  periodMs: 1000,
  sleeperLateMs: 0,
  sleeperWorstMs: 0,
  loopLateMs: 0,
  pressureMs: 0,
  stealMs: null,
  ...change,
})
const span = (fromS: number, toS: number) => ({ fromNs: fromS * 1e9, toNs: toS * 1e9 })

describe('the time that a machine lost', () => {
  it('is that of the largest measure, in the span alone', () => {
    const machine = [
      second(1, { sleeperLateMs: 500 }),
      second(2, { sleeperLateMs: 500, pressureMs: 900 }),
      second(3, { pressureMs: 900 }),
    ]
    expect(lostTimeIn(recordOf({ machine }), span(1, 3))).toMatchObject({ lostMs: 1800 })
    expect(lostTimeIn(recordOf({ machine }), span(0, 1))).toMatchObject({ lostMs: 500 })
    // Half of a period counts half.
    expect(lostTimeIn(recordOf({ machine }), span(1.5, 2))).toMatchObject({ lostMs: 450 })
  })

  it('is never more than the span, although a stall is told only when it is over', () => {
    const machine = [second(1), second(2, { sleeperLateMs: 8000 })]
    expect(lostTimeIn(recordOf({ machine }), span(0, 2))?.lostMs).toBe(2000)
  })

  it('of a machine on which somebody always waits is what one process misses', () => {
    const machine = [second(1, { pressureMs: 1000, missedShare: 0.25 })]
    expect(lostTimeIn(recordOf({ machine }), span(0, 1))?.lostMs).toBe(250)
  })

  it('is unknown where nothing was measured', () => {
    expect(lostTimeIn(recordOf({ machine: null }), span(0, 2))).toBeNull()
    expect(lostTimeIn(recordOf({ machine: [second(1)] }), span(5, 6))).toBeNull()
  })

  it('excuses what would have been in time without it, with the figures', () => {
    const machine = Array.from({ length: 19 }, (_, i) => second(i + 1, { pressureMs: 300 }))
    const record = recordOf({ machine })
    expect(slowMachine(record, span(0, 19), 15_000)).toContain(
      'of these 19.0 s, a process that only sleeps woke up late for 0 ms',
    )
    expect(slowMachine(record, span(0, 19), 15_000)).toContain('processes missed a processor for 5.7 s')
    expect(slowMachine(record, span(0, 19), 13_000)).toBeNull()
    expect(slowMachine(recordOf({ machine: null }), span(0, 19), 15_000)).toBeNull()
  })
})
