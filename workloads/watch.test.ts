import { expect, it } from 'vitest'
import type { Call } from '../harness/api/history.ts'
import { Scheduler } from '../harness/engine/scheduler.ts'
import { simulate } from '../harness/engine/simulate.ts'
import { rngFromSeed } from '../harness/support/random.ts'
import { watch } from './watch.ts'

const LATENCY_NS = 1e6
const S = 1e9

/**
 * How far the watch of the last reads came, and how often it asked. Each answer tells one change more.
 *
 * @param isDeaf whether a call gives no answer
 */
const reread = (
  changes: number,
  isDeaf: (calls: number, nowNs: number) => boolean,
): { readonly upTo: number; readonly calls: number; readonly endNs: number } => {
  const context = { concurrency: 1, nodes: 1, ordinal: () => 0 }
  const generator = watch.finalGenerator?.(rngFromSeed(1), { watchers: 1, deletes: 0, takeovers: 0 }, context)
  if (generator === undefined) throw new Error('the watch workload reads nothing at the end')
  let calls = 0
  let upTo = 0
  const scheduler: Scheduler<Call> = new Scheduler({
    generator,
    concurrency: 1,
    nemeses: 0,
    rng: rngFromSeed(1),
    record: () => {},
  })
  const endNs = simulate(scheduler, ({ value }, _thread, nowNs) => {
    calls++
    if (isDeaf(calls, nowNs)) return { outcome: { type: 'info', error: 'lost' }, latencyNs: LATENCY_NS }
    const { after } = value as { readonly after: number }
    upTo = Math.min(after + 1, changes)
    const events = upTo === after ? [] : [{ revision: upTo, key: 1, value: upTo }]
    return { outcome: { type: 'ok', value: { events, upTo } }, latencyNs: LATENCY_NS }
  })
  return { upTo, calls, endNs }
}

it('all changes are read again, however many watches fail now and then', () => {
  const failing = (calls: number): boolean => calls % 3 === 0
  expect(reread(100, () => false)).toMatchObject({ upTo: 100, calls: 102 })
  expect(reread(100, failing).upTo).toBe(100)
})

it('waits for a cluster that calls itself ready before it has a leader, and not without end', () => {
  expect(reread(5, (_calls, nowNs) => nowNs < 30 * S)).toMatchObject({ upTo: 5 })
  const { upTo, endNs } = reread(5, () => true)
  expect(upTo).toBe(0)
  expect(endNs / S).toBeGreaterThan(40)
  expect(endNs / S).toBeLessThan(42)
})

it('one that has answered once and then fails is given up after ten failures', () =>
  expect(reread(5, (calls) => calls > 2)).toMatchObject({ upTo: 2, calls: 12 }))
