import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GeneratorContext, OpGenerator, Thread } from '../api/generator.ts'
import type { Call, Operation, Outcome } from '../api/history.ts'
import { Scheduler } from '../engine/scheduler.ts'
import { simulate } from '../engine/simulate.ts'
import { rngFromSeed } from '../support/random.ts'
import {
  any,
  calls,
  cycle,
  delay,
  eachUntilOk,
  limit,
  mix,
  nothing,
  phases,
  repeat,
  schedule,
  sequence,
  stagger,
  timeLimit,
  untilOk,
} from './combinators.ts'
import { thenAsk } from './questions.ts'
import { eachThread, onClients, onNemesis, onThreads, reserve } from './threads.ts'

const S = 1e9
const call = (f: string, value: unknown = null): Call => ({ f, value })
const ok: Outcome = { type: 'ok', value: null }

interface Options {
  readonly concurrency?: number
  readonly nemeses?: number
  readonly latencyNs?: number | ((operation: Call, thread: number) => number)
  readonly respond?: (operation: Call, count: number) => Outcome
  readonly seed?: number
}

/** Invocations as `thread f@seconds`, in order. */
const run = (
  generator: OpGenerator,
  options: Options = {},
): { readonly invoked: string[]; readonly history: Operation[] } => {
  const history: Operation[] = []
  const concurrency = options.concurrency ?? 2
  const scheduler: Scheduler<Call> = new Scheduler({
    generator,
    concurrency,
    nemeses: options.nemeses ?? 0,
    rng: rngFromSeed(options.seed ?? 1),
    record: (operation) => history.push(operation),
  })
  const invoked: string[] = []
  let count = 0
  simulate(scheduler, (operation, thread, nowNs) => {
    invoked.push(`${thread} ${operation.f}@${nowNs / S}`)
    const latency = options.latencyNs ?? S
    return {
      outcome: options.respond?.(operation, count++) ?? ok,
      latencyNs: typeof latency === 'number' ? latency : latency(operation, thread),
    }
  })
  return { invoked, history }
}

describe('generators', () => {
  it('nothing: done at once', () => expect(run(nothing()).invoked).toEqual([]))

  it('sequence: each call once, on any free thread', () => {
    expect(run(sequence([call('a'), call('b'), call('c')])).invoked).toEqual(['0 a@0', '1 b@0', '0 c@1'])
  })

  it('limit: at most that many operations', () => {
    expect(
      run(
        limit(
          3,
          calls(() => call('r')),
        ),
      ).invoked,
    ).toHaveLength(3)
    expect(
      run(
        limit(
          0,
          calls(() => call('r')),
        ),
      ).invoked,
    ).toEqual([])
  })

  it('repeat: the first operation again; cycle: the whole generator again', () => {
    expect(run(repeat(sequence([call('a'), call('b')]), 3), { concurrency: 1 }).invoked).toEqual([
      '0 a@0',
      '0 a@1',
      '0 a@2',
    ])
    expect(run(cycle(sequence([call('a'), call('b')]), 2), { concurrency: 1 }).invoked).toEqual([
      '0 a@0',
      '0 b@1',
      '0 a@2',
      '0 b@3',
    ])
    expect(run(cycle(nothing()), { concurrency: 1 }).invoked).toEqual([])
  })

  it('phases: a phase begins when the previous one has completed', () => {
    const generator = phases(sequence([call('a'), call('b')]), sequence([call('c')]))
    const slow = run(generator, { latencyNs: (operation) => (operation.f === 'b' ? 5 * S : S) })
    expect(slow.invoked).toEqual(['0 a@0', '1 b@0', '0 c@5'])
  })

  it('delay: begins later, also beside a generator that waits longer', () => {
    expect(run(delay(3 * S, sequence([call('a')]))).invoked).toEqual(['0 a@3'])
    const beside = any(schedule([{ atNs: 5 * S, call: call('late') }]), delay(2 * S, sequence([call('a')])))
    expect(run(beside).invoked).toEqual(['0 a@2', '1 late@5'])
  })

  it('delay in the second phase counts from the end of the first', () => {
    expect(
      run(phases(sequence([call('a')]), delay(2 * S, sequence([call('b')]))), { concurrency: 1 }).invoked,
    ).toEqual(['0 a@0', '0 b@3'])
  })

  it('timeLimit: invokes nothing after it, but running operations complete', () => {
    const { invoked, history } = run(
      timeLimit(
        2.5 * S,
        calls(() => call('r')),
      ),
      { concurrency: 1 },
    )
    expect(invoked).toEqual(['0 r@0', '0 r@1', '0 r@2'])
    expect(history.at(-1)).toMatchObject({ type: 'ok', timeNs: 3 * S })
  })

  it('timeLimit: keeps its deadline while the inner generator only waits', () => {
    expect(run(timeLimit(2 * S, schedule([{ atNs: 9 * S, call: call('late') }]))).invoked).toEqual([])
  })

  it('stagger: the requested mean interval, and the same times whatever the latencies', () => {
    const generator = stagger(
      rngFromSeed(4),
      S,
      limit(
        200,
        calls(() => call('r')),
      ),
    )
    const times = run(generator, { concurrency: 50, latencyNs: 1 }).invoked.map((text) =>
      Number(text.split('@')[1]),
    )
    expect(times.at(-1)).toBeGreaterThan(150)
    expect(times.at(-1)).toBeLessThan(250)
    const slower = run(generator, { concurrency: 50, latencyNs: S }).invoked.map((text) =>
      Number(text.split('@')[1]),
    )
    expect(slower).toEqual(times)
  })

  it('stagger: keeps a rate of thousands although each wake-up is late, and floods nobody after a stall', () => {
    const rng = rngFromSeed(4)
    const threads: readonly Thread[] = [0]
    const at = (nowNs: number): GeneratorContext => {
      const context: GeneratorContext = {
        nowNs,
        threads,
        free: threads,
        only: () => context,
        ordinal: () => 0,
        draw: () => rng,
      }
      return context
    }
    let generator = stagger(
      rng,
      S / 2000,
      calls(() => call('r')),
    )
    /** How many are due by then. */
    const dueBy = (nowNs: number): number => {
      let count = 0
      for (;;) {
        const step = generator.next(at(nowNs))
        if (step.type !== 'invoke' || step.atNs > nowNs) return count
        generator = step.next
        count++
      }
    }
    let count = 0
    for (let nowNs = 0; nowNs < S; nowNs += 0.009 * S) count += dueBy(nowNs)
    expect(count).toBeGreaterThan(1900)
    expect(count).toBeLessThan(2100)
    expect(dueBy(60 * S)).toBeLessThan(100)
  })

  it('mix: draws among generators until all are done', () => {
    const { invoked } = run(
      mix(
        limit(
          20,
          calls(() => call('a')),
        ),
        limit(
          20,
          calls(() => call('b')),
        ),
      ),
    )
    const names = invoked.map((text) => text.split(' ')[1]?.split('@')[0])
    expect(names.filter((name) => name === 'a')).toHaveLength(20)
    expect(names.slice(0, 20)).toContain('b')
  })

  it('untilOk: repeats until it is ok', () => {
    const { invoked } = run(untilOk(call('r')), {
      respond: (_operation, count) => (count < 2 ? { type: 'fail', error: 'no' } : ok),
    })
    expect(invoked).toHaveLength(3)
  })

  it('eachUntilOk: continues with the next call after the given number of attempts', () => {
    const respond = (operation: Call): Outcome => (operation.f === 'bad' ? { type: 'fail', error: 'no' } : ok)
    const { invoked } = run(eachUntilOk([call('a'), call('bad'), call('b')], 3), { concurrency: 1, respond })
    expect(invoked.map((text) => text.split(/[ @]/)[1])).toEqual(['a', 'bad', 'bad', 'bad', 'b'])
  })

  it('eachUntilOk: pauses between attempts, and not again before something is ok', () => {
    const respond = ({ f }: Call): Outcome => (f === 'bad' ? { type: 'fail', error: 'no' } : ok)
    const list = ['good', 'bad', 'bad', 'good', 'bad'].map((f) => call(f))
    const { invoked } = run(eachUntilOk(list, 2), { concurrency: 1, respond, latencyNs: 0.1 * S })
    const times = invoked.map((text) => Number(text.split('@')[1]).toFixed(1))
    expect(times).toEqual(['0.0', '0.1', '0.5', '0.6', '0.7', '0.8', '0.9', '1.3'])
  })

  it('eachUntilOk: before the first ok, waits for nodes that call themselves ready and have no leader yet', () => {
    const leaderFrom = (secondOfLeader: number): readonly string[] => {
      const attemptNs = 0.3 * S + 0.1 * S
      const respond = (_call: Call, count: number): Outcome =>
        count * attemptNs < secondOfLeader * S ? { type: 'fail', error: 'no leader' } : ok
      const list = [call('a'), call('b')]
      return run(eachUntilOk(list, 5), { concurrency: 1, respond, latencyNs: 0.1 * S }).invoked
    }
    expect(leaderFrom(30).at(-1)).toMatch(/^0 b@30/)
    const [last] = leaderFrom(50).slice(-1)
    // It gives up after 40 s: 101 attempts at the first call, five at the second.
    expect(last).toMatch(/^0 b@40/)
    expect(leaderFrom(50)).toHaveLength(106)
  })

  it('onThreads and reserve: use only their own threads', () => {
    expect(run(onThreads((thread) => thread === 1, sequence([call('a'), call('b')]))).invoked).toEqual([
      '1 a@0',
      '1 b@1',
    ])
    const reserved = reserve(
      [
        [
          1,
          limit(
            2,
            calls(() => call('w')),
          ),
        ],
      ],
      limit(
        4,
        calls(() => call('r')),
      ),
    )
    const { invoked } = run(reserved, { concurrency: 3 })
    expect(invoked.filter((text) => text.includes('w')).every((text) => text.startsWith('0'))).toBe(true)
    expect(invoked.filter((text) => text.includes('r')).every((text) => !text.startsWith('0'))).toBe(true)
  })

  it('eachThread: a separate generator for each thread', () => {
    const generator = eachThread((thread) => sequence([call(`a${thread}`), call(`b${thread}`)]))
    expect(run(generator).invoked).toEqual(['0 a0@0', '1 a1@0', '0 b0@1', '1 b1@1'])
  })

  it('onClients and onNemesis: nemesis threads come after the clients', () => {
    const generator = any(
      onClients(
        2,
        limit(
          2,
          calls(() => call('r')),
        ),
      ),
      onNemesis(2, 0, schedule([{ atNs: S / 2, call: call('kill') }])),
    )
    const { invoked, history } = run(generator, { nemeses: 1 })
    expect(invoked).toEqual(['0 r@0', '1 r@0', '2 kill@0.5'])
    expect(history.find(({ f }) => f === 'kill')?.process).toBe('nemesis')
  })
})

describe('one seed, one plan', () => {
  const planned = (seed: number, latenciesNs: readonly number[]): Map<string, unknown> => {
    const generator = limit(
      100,
      calls((draw, thread, ordinal) => call('w', { at: `${thread}/${ordinal}`, drawn: draw.int(1e6) })),
    )
    const { history } = run(generator, {
      concurrency: latenciesNs.length,
      latencyNs: (_operation, thread) => latenciesNs[thread] as number,
      seed,
    })
    return new Map(
      history
        .filter(({ type }) => type === 'invoke')
        .map(({ value }) => [(value as { at: string }).at, (value as { drawn: number }).drawn]),
    )
  }

  it('gives thread and ordinal the same call whatever the latencies and the polling order', () => {
    let shared = 0
    const latencies = fc.array(fc.integer({ min: 1, max: 10 * S }), { minLength: 5, maxLength: 5 })
    const isSame = fc.property(fc.nat(), latencies, latencies, (seed, some, others) => {
      const plan = planned(seed, some)
      for (const [at, drawn] of planned(seed, others)) {
        if (!plan.has(at)) continue
        shared++
        expect(plan.get(at)).toBe(drawn)
      }
    })
    fc.assert(isSame, { seed: 1, numRuns: 100 })
    expect(shared).toBeGreaterThan(1000)
  })
})

describe('questions', () => {
  const about = ({ f }: Operation): Call | null => (f === 'write' ? call('read') : null)
  const writes = limit(1, sequence([call('write')]))

  it('ask every node at once after an acknowledged change', () => {
    const { invoked } = run(thenAsk({ share: 1, nodes: 3, about }, writes), { concurrency: 6 })
    // Threads 1, 2 and 3 have been idle for longer than thread 0; they talk to nodes 1, 2 and 0.
    expect(invoked).toEqual(['0 write@0', '1 read@1', '2 read@1', '3 read@1'])
  })

  it('use whichever thread of a node is idle', () => {
    const busy = onThreads((thread) => thread === 1, sequence([call('other')]))
    const inner = any(
      busy,
      onThreads((thread) => thread === 0, writes),
    )
    const { invoked } = run(thenAsk({ share: 1, nodes: 3, about }, inner), {
      concurrency: 6,
      latencyNs: ({ f }) => (f === 'other' ? 10 * S : S),
    })
    expect(invoked.filter((each) => each.includes('read'))).toEqual(['2 read@1', '3 read@1', '4 read@1'])
  })

  it('are not asked about a change that failed or is in doubt', () => {
    for (const type of ['fail', 'info'] as const) {
      const { invoked } = run(thenAsk({ share: 1, nodes: 3, about }, writes), {
        respond: () => ({ type, error: 'no' }),
      })
      expect(invoked).toEqual(['0 write@0'])
    }
  })

  it('are not asked later, when their answer would tell nothing more', () => {
    const both = onThreads((thread) => thread < 2, sequence([call('write'), call('other')]))
    const { invoked } = run(thenAsk({ share: 1, nodes: 2, about }, both), {
      latencyNs: ({ f }) => (f === 'other' ? 10 * S : S),
    })
    expect(invoked.filter((each) => each.includes('read'))).toEqual(['0 read@1'])
  })

  it('follow the share of the changes that was asked for', () => {
    const many = limit(
      1000,
      calls(() => call('write')),
    )
    const asked = run(thenAsk({ share: 0.1, nodes: 2, about }, many)).invoked.filter((each) =>
      each.includes('read'),
    )
    expect(asked.length).toBeGreaterThan(100)
    expect(asked.length).toBeLessThan(300)
  })
})
