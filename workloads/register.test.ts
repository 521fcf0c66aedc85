import { describe, expect, it } from 'vitest'
import type { Call, Operation } from '../harness/api/history.ts'
import type { Options } from '../harness/api/options.ts'
import { Scheduler } from '../harness/engine/scheduler.ts'
import { simulate } from '../harness/engine/simulate.ts'
import { FakeRegisters } from '../harness/environments/fake/register-target.ts'
import { limit } from '../harness/generators/combinators.ts'
import { bareRecord } from '../harness/store/run-store.ts'
import { rngFromSeed } from '../harness/support/random.ts'
import { register } from './register.ts'

const options: Options = Object.fromEntries(
  Object.entries(register.options).map(([name, spec]) => [name, spec.default]),
)
const context = { concurrency: 10, nodes: 5 }

const play = (
  seed: number,
  count: number,
): {
  readonly history: Operation[]
  readonly scheduler: Scheduler<Call>
  readonly registers: FakeRegisters
} => {
  const history: Operation[] = []
  const registers = new FakeRegisters()
  const scheduler: Scheduler<Call> = new Scheduler({
    generator: limit(count, register.generator(rngFromSeed(seed), options, context)),
    concurrency: context.concurrency,
    nemeses: 0,
    rng: rngFromSeed(seed),
    record: (operation) => history.push(operation),
  })
  const latency = rngFromSeed(seed).fork('latency')
  simulate(scheduler, (call) => ({ outcome: registers.apply(call), latencyNs: 1 + latency.int(1000) }))
  return { history, scheduler, registers }
}

describe('the register workload', () => {
  const { history, scheduler, registers } = play(3, 3000)
  const calls = history.filter(({ type }) => type === 'invoke')

  it('writes every value at most once', () => {
    const written = calls.flatMap(({ f, value }) =>
      f === 'write'
        ? [(value as { value: number }).value]
        : f === 'cas'
          ? [(value as { next: number }).next]
          : [],
    )
    expect(new Set(written).size).toBe(written.length)
    expect(Math.min(...written)).toBeGreaterThan(0)
  })

  it('spreads over many keys, with a bounded number of operations on each', () => {
    const perKey = new Map<number, number>()
    for (const { value } of calls) {
      const { key } = value as { key: number }
      perKey.set(key, (perKey.get(key) ?? 0) + 1)
    }
    expect(perKey.size).toBeGreaterThan(20)
    // A hundred, and the questions about them.
    expect(Math.max(...perKey.values())).toBeLessThanOrEqual(150)
  })

  it('refuses a missing option instead of asking a cluster for NaN', () => {
    const { readers: _, ...without } = options
    expect(() => register.generator(rngFromSeed(1), without, context)).toThrow('readers is NaN')
  })

  it('makes every kind of call, and compare-and-sets that match and that do not', () => {
    const results = history
      .filter(({ type, f }) => type === 'ok' && f === 'cas')
      .map(({ value }) => (value as { applied: boolean }).applied)
    expect(results.filter(Boolean).length).toBeGreaterThan(results.length * 0.1)
    expect(results.filter((applied) => !applied).length).toBeGreaterThan(results.length * 0.1)
    expect(new Set(calls.map(({ f }) => f))).toEqual(new Set(['read', 'write', 'cas']))
  })

  it('reads every key from every node at the end', () => {
    const before = history.length
    const final = register.finalGenerator?.(rngFromSeed(3), options, {
      ...context,
      ordinal: (thread) => scheduler.ordinalOf(thread),
    })
    if (final === undefined) throw new Error('no final generator')
    scheduler.extend(final)
    simulate(scheduler, (call) => ({ outcome: registers.apply(call), latencyNs: 1 }), 1e12)
    const keyOf = ({ value }: Operation): number => (value as { key: number }).key
    const reads = history.slice(before).filter(({ type }) => type === 'invoke')
    for (const key of new Set(calls.map(keyOf)))
      expect(reads.filter((each) => keyOf(each) === key)).toHaveLength(context.nodes)
    expect(new Set(reads.map(({ process }) => process)).size).toBe(context.nodes)
  })

  it('is judged valid when it ran against a linearizable register', async () => {
    const [checker] = register.checkers(options)
    expect(await checker?.check(bareRecord(history), new AbortController().signal)).toMatchObject({
      status: 'valid',
    })
  })
})
