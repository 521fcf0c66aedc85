import { expect, it } from 'vitest'
import type { MachineSample } from '../api/record.ts'
import { latenessOf } from './machine.ts'

const sample = (change: Partial<MachineSample>): MachineSample => ({
  timeNs: 2e9,
  periodMs: 1000,
  sleeperLateMs: 0,
  sleeperWorstMs: 0,
  loopLateMs: 0,
  pressureMs: null,
  stealMs: null,
  ...change,
})

it('a period counts by the worst of its measures, and only if it was late', () => {
  expect(
    latenessOf([
      sample({ loopLateMs: 5 }),
      sample({ sleeperLateMs: 250, loopLateMs: 100 }),
      sample({ sleeperLateMs: null, loopLateMs: 5000 }),
      sample({ periodMs: 0 }),
    ]),
  ).toEqual([
    { startMs: 1000, endMs: 2000, share: 0.25 },
    { startMs: 1000, endMs: 2000, share: 1 },
  ])
})
