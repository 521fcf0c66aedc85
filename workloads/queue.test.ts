import { expect, it } from 'vitest'
import type { Call } from '../harness/api/history.ts'
import { Scheduler } from '../harness/engine/scheduler.ts'
import { simulate } from '../harness/engine/simulate.ts'
import { rngFromSeed } from '../harness/support/random.ts'
import { queue } from './queue.ts'

const OPTIONS = { keys: 3, 'per-key': 100, enqueues: 0.55 }

/** The keys that are asked for at the end, in order, if each queue holds one element and one of them never answers. */
const drainedWith = (deaf: number | null): readonly number[] => {
  const asked: number[] = []
  const left = new Set([0, 1, 2])
  const context = { concurrency: 2, nodes: 1, ordinal: () => 0 }
  const generator = queue.finalGenerator?.(rngFromSeed(1), OPTIONS, context)
  if (generator === undefined) throw new Error('the queue workload drains nothing')
  const scheduler: Scheduler<Call> = new Scheduler({
    generator,
    concurrency: context.concurrency,
    nemeses: 0,
    rng: rngFromSeed(1),
    record: () => {},
  })
  simulate(scheduler, ({ value }) => {
    const { key } = value as { key: number }
    asked.push(key)
    if (key === deaf) return { outcome: { type: 'info', error: 'timeout' }, latencyNs: 10 }
    const taken = left.delete(key) ? 7 : null
    return { outcome: { type: 'ok', value: { key, value: taken } }, latencyNs: 10 }
  })
  return asked
}

it('each queue is drained until it is found empty twice', () =>
  expect(drainedWith(null)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]))

it('a queue that does not answer is asked again after the others, and not without end', () => {
  const asked = drainedWith(0)
  expect(asked.slice(0, 8)).toEqual([0, 1, 1, 1, 2, 2, 2, 0])
  expect(asked).toHaveLength(6 + 21)
})
