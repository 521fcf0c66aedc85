import { expect, it } from 'vitest'
import type { Call } from '../harness/api/history.ts'
import { Scheduler } from '../harness/engine/scheduler.ts'
import { simulate } from '../harness/engine/simulate.ts'
import { rngFromSeed } from '../harness/support/random.ts'
import { queue } from './queue.ts'

const OPTIONS = { keys: 3, 'per-key': 100, enqueues: 0.55 }

const QUEUES = 3

/**
 * The keys that are asked for at the end, in order, if each queue holds one element.
 *
 * @param isDeaf whether a queue gives no answer when it is asked for the n-th time
 */
const drainedWith = (
  isDeaf: (key: number, time: number, nowNs: number) => boolean,
  queues = QUEUES,
): readonly number[] => {
  const asked: number[] = []
  const left = new Set(Array.from({ length: queues }, (_, key) => key))
  const begun = (queues - QUEUES) * OPTIONS['per-key']
  const context = { concurrency: 2, nodes: 1, ordinal: (thread: number) => (thread === 0 ? begun : 0) }
  const generator = queue.finalGenerator?.(rngFromSeed(1), OPTIONS, context)
  if (generator === undefined) throw new Error('the queue workload drains nothing')
  const scheduler: Scheduler<Call> = new Scheduler({
    generator,
    concurrency: context.concurrency,
    nemeses: 0,
    rng: rngFromSeed(1),
    record: () => {},
  })
  simulate(scheduler, ({ value }, _thread, nowNs) => {
    const { key } = value as { key: number }
    asked.push(key)
    if (isDeaf(key, asked.filter((each) => each === key).length, nowNs))
      return { outcome: { type: 'info', error: 'timeout' }, latencyNs: 10 }
    const taken = left.delete(key) ? 7 : null
    return { outcome: { type: 'ok', value: { key, value: taken } }, latencyNs: 10 }
  })
  return asked
}

it('each queue is drained until it is found empty twice', () =>
  expect(drainedWith(() => false)).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2]))

it('a queue that does not answer is asked again after the others, and not without end', () => {
  const asked = drainedWith((key) => key === 0)
  expect(asked.slice(0, 8)).toEqual([0, 1, 1, 1, 2, 2, 2, 0])
  // Failures in a row: the one at the beginning was followed by answers.
  expect(asked).toHaveLength(1 + 6 + 20)
})

it('all queues are drained, however many do not answer now and then', () => {
  const asked = drainedWith((_key, time) => time === 2, 50)
  const times = Map.groupBy(asked, (key) => key)
  expect(times.size).toBe(50)
  // An element, no answer, and empty twice.
  for (const [key, calls] of times) expect(calls, `queue ${key}`).toHaveLength(4)
})

it('draining waits for a cluster that calls itself ready before it has a leader', () => {
  const asked = drainedWith((_key, _time, nowNs) => nowNs < 30e9)
  expect(new Set(asked.slice(-9))).toEqual(new Set([0, 1, 2]))
  // An attempt in 0.3 s, until there is a leader.
  expect(asked).toHaveLength(9 + 100)
})
