import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { LoadMeter } from './controller-load.ts'

const stall = (ms: number): void => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

it('a stall of the event loop is in the period in which it ended, and in the whole', async () => {
  using meter = new LoadMeter()
  await sleep(50)
  stall(300)
  // Read before the timer has fired: nothing is lost by that.
  meter.next()
  await sleep(50)
  const { delayMaxMs, residentMb, heapMb } = meter.next()
  expect(delayMaxMs).toBeGreaterThan(250)
  expect(meter.delays().max).toBe(delayMaxMs)
  expect(residentMb).toBeGreaterThan(heapMb)
  expect(heapMb).toBeGreaterThan(0)
  stall(50)
  expect(meter.next().processorMs).toBeGreaterThan(0)
})

it("the timer's own interval is no delay, and without a measurement there is none", () => {
  using meter = new LoadMeter()
  expect(meter.delays()).toEqual({ p50: 0, p99: 0, max: 0 })
  expect(meter.next().delayMaxMs).toBe(0)
})
