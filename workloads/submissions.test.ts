import { expect, it } from 'vitest'
import type { Call, Operation } from '../harness/api/history.ts'
import { Scheduler } from '../harness/engine/scheduler.ts'
import { simulate } from '../harness/engine/simulate.ts'
import { limit } from '../harness/generators/combinators.ts'
import { rngFromSeed } from '../harness/support/random.ts'
import { submissions } from './submissions.ts'

/** Thread and number of each request that is made, in order. Each third answer does not come. */
const play = (
  count: number,
): readonly { readonly by: number; readonly of: number; readonly version: number }[] => {
  const made: { by: number; of: number; version: number }[] = []
  const scheduler: Scheduler<Call> = new Scheduler({
    generator: limit(
      count,
      submissions((key) => ({ f: 'submit', value: key })),
    ),
    concurrency: 4,
    nemeses: 0,
    rng: rngFromSeed(1),
    record: (_operation: Operation) => {},
  })
  simulate(scheduler, ({ value }, thread) => {
    const [of, version] = String(value).split('-').map(Number)
    made.push({ by: thread, of: Number(of), version: Number(version) })
    const isAnswered = made.length % 3 !== 0
    return { outcome: isAnswered ? { type: 'ok', value } : { type: 'fail', error: 'no' }, latencyNs: 10 }
  })
  return made
}

it('a request is repeated until it is acknowledged, and some are repeated long after, by any thread', () => {
  const made = play(3000)
  const latest = new Map<number, number>()
  const times = new Map<string, number>()
  const late: typeof made = made.filter(({ of, version }) => {
    const key = `${of}-${version}`
    const newest = latest.get(of) ?? 0
    const isLate = version < newest
    // Only those that were made more than once before.
    if (isLate) expect(times.get(key), key).toBeGreaterThan(1)
    times.set(key, (times.get(key) ?? 0) + 1)
    latest.set(of, Math.max(newest, version))
    if (isLate) expect(newest - version).toBeGreaterThanOrEqual(10)
    return isLate
  })
  expect(late.length).toBeGreaterThan(20)
  expect(late.length).toBeLessThan(150)
  expect(late.some(({ by, of }) => by !== of)).toBe(true)
  // A thread makes all its own requests, whatever it repeats in between.
  for (const [thread, newest] of latest)
    for (let version = 1; version <= newest; version++) expect(times.has(`${thread}-${version}`)).toBe(true)
})
