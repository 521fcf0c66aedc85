import { expect, it } from 'vitest'
import type { ControllerLoad, MachineSample } from '../api/record.ts'
import { loadOf } from './controller.ts'

const sample = (second: number, controller?: Partial<ControllerLoad>): MachineSample => ({
  timeNs: second * 1e9,
  periodMs: 1000,
  sleeperLateMs: 0,
  sleeperWorstMs: 0,
  loopLateMs: 0,
  pressureMs: null,
  stealMs: null,
  ...(controller === undefined
    ? {}
    : {
        controller: {
          residentMb: 100,
          heapMb: 50,
          externalMb: 5,
          processorMs: 10,
          delayP99Ms: 1,
          delayMaxMs: 2,
          ...controller,
        },
      }),
})

it('a short run has a value for each period, and older runs have none', () => {
  expect(loadOf([sample(1, { residentMb: 120 }), sample(2)])).toEqual([
    { endMs: 1000, residentMb: 120, heapMb: 50, delayP99Ms: 1, delayMaxMs: 2 },
  ])
  expect(loadOf([])).toEqual([])
})

it('of a long run several periods are one, with the most of each: no peak is lost', () => {
  const day = Array.from({ length: 86_400 }, (_, second) =>
    sample(second + 1, second === 54_321 ? { residentMb: 900, delayMaxMs: 777 } : {}),
  )
  const loads = loadOf(day)
  expect(loads.length).toBeLessThanOrEqual(1000)
  expect(loads.at(-1)?.endMs).toBe(86_400_000)
  expect(loads.filter(({ residentMb }) => residentMb === 900)).toHaveLength(1)
  expect(loads.filter(({ delayMaxMs }) => delayMaxMs === 777)).toHaveLength(1)
})
