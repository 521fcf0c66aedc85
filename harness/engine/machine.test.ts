import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { MachineSample } from '../api/record.ts'
import { MachineMonitor, missedShareIn, pressureMsIn, stealMsIn } from './machine.ts'

describe('what the machine lost', () => {
  it('is read from what the kernel tells', () => {
    const pressure = 'some avg10=1.00 avg60=0.06 avg300=1.43 total=10287596\nfull avg10=0.00 total=7\n'
    expect(pressureMsIn(pressure)).toBe(10_287.596)
    expect(pressureMsIn(null)).toBeNull()
    // Processor, then user, nice, system, idle, iowait, irq, softirq, steal.
    const stat = 'cpu  1 2 3 4 5 6 7 80 9 10\ncpu0 1 2 3 4 5 6 7 80 9 10\n'
    expect(stealMsIn(stat, 2)).toBe(400)
    expect(stealMsIn('nothing', 2)).toBeNull()
    expect(missedShareIn('0.10 0.20 0.30 8/400 12345\n', 2)).toBe(0.75)
    expect(missedShareIn('0.10 0.20 0.30 1/400 12345\n', 2)).toBe(0)
    expect(missedShareIn(null, 2)).toBeNull()
  })

  it('is sampled while the monitor is alive: a stalled event loop shows', async () => {
    const samples: MachineSample[] = []
    const startedMs = performance.now()
    const clock = (): number => (performance.now() - startedMs) * 1e6
    {
      await using _monitor = new MachineMonitor(clock, (sample) => samples.push(sample))
      // Until the sleeper has woken up at least once.
      while (samples.every(({ sleeperLateMs }) => sleeperLateMs === null)) await sleep(100)
      const until = performance.now() + 500
      while (performance.now() < until);
      await sleep(60)
    }
    expect(samples.reduce((sum, { loopLateMs }) => sum + loopLateMs, 0)).toBeGreaterThan(400)
    expect(samples.reduce((sum, { periodMs }) => sum + periodMs, 0)).toBeGreaterThan(500)
    // The stall is the controller's own: its delay and its processor time show it.
    expect(Math.max(...samples.map(({ controller }) => controller?.delayMaxMs ?? 0))).toBeGreaterThan(400)
    expect(samples.reduce((sum, { controller }) => sum + (controller?.processorMs ?? 0), 0)).toBeGreaterThan(
      0,
    )
    expect(samples.every(({ controller }) => (controller?.residentMb ?? 0) > 0)).toBe(true)
    expect(samples.map(({ timeNs }) => timeNs)).toEqual(
      samples.map(({ timeNs }) => timeNs).toSorted((a, b) => a - b),
    )
  })
})
