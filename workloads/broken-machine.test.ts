/**
 * Each workload, as it is run, against a machine that loses, forgets or delays: its checkers must notice. A checker that looks
 * at some of the answers only would call such a run valid.
 */
import { describe, expect, it } from 'vitest'
import { composeVerdict } from '../checkers/compose.ts'
import type { OpGenerator } from '../harness/api/generator.ts'
import type { Call } from '../harness/api/history.ts'
import type { RunRecord } from '../harness/api/record.ts'
import type { RunVerdict } from '../harness/api/verdict.ts'
import type { Workload } from '../harness/api/workload.ts'
import { rewrap } from '../harness/generators/combinators.ts'
import { MISBEHAVIOURS, type Misbehaviour, runOnBroken } from '../harness/testing/broken-machine.ts'
import { structures } from '../targets/protocol/structures/index.ts'
import { workloads } from './index.ts'

/** What nobody can notice, or is not promised. */
const UNNOTICED: Readonly<Record<string, Partial<Record<Misbehaviour, string>>>> = {
  watch: { 'stale reads': 'a watch may be late' },
  lease: {
    ignored:
      'a release that has no effect: the lease ends by itself; an acquire: two may hold it, if both ask in time',
    late: 'the same',
  },
}

const SERVED = Object.values(workloads).filter(
  ({ vocabulary }) => structures[vocabulary.name] !== undefined && vocabulary.services.length === 0,
)

const judge = (workload: Workload, record: RunRecord): Promise<RunVerdict> => {
  const checkers = workload
    .checkers(record.workloadOptions ?? {})
    .filter((checker) => checker.needs.every((part) => record[part] !== null))
  return composeVerdict(checkers, record, new AbortController().signal)
}

describe.each(SERVED.map((workload) => [workload.name, workload] as const))('%s', (name, workload) => {
  it.each(MISBEHAVIOURS)('a machine: %s', async (how) => {
    const { record, times } = runOnBroken(workload, how)
    const { status, summary } = await judge(workload, record)
    if (how === 'healthy') expect(status, summary).toBe('valid')
    else if (times > 0 && UNNOTICED[name]?.[how] === undefined) expect(status, summary).toBe('invalid')
    else expect(status, summary).not.toBe('unknown')
  })
})

/** As a client asks that does not take care to write different values. */
const fewValues = (call: Call): Call => {
  const value = Object.entries(call.value as object).map(([name, each]) =>
    ['value', 'element'].includes(name) ? [name, each % 4] : [name, each],
  )
  return { ...call, value: Object.fromEntries(value) }
}

const withFewValues = (inner: OpGenerator<Call>): OpGenerator<Call> => ({
  next: (context) => {
    const step = rewrap(inner.next(context), withFewValues)
    return step.type === 'invoke' ? { ...step, call: fewValues(step.call) } : step
  },
  update: (context, event) => withFewValues(inner.update(context, event)),
})

it.each(['register', 'queue', 'append-log', 'set', 'watch'])(
  '%s: a healthy machine is not blamed for values that a client repeats',
  async (name) => {
    const workload = workloads[name] as Workload
    const repeating: Workload = {
      ...workload,
      // To find an order of a queue that has equal elements takes exponential time.
      checkers: (options) => workload.checkers(options).filter((checker) => checker.name !== 'fifo'),
      generator: (...given) => withFewValues(workload.generator(...given)),
    }
    const { record } = runOnBroken(repeating, 'healthy')
    const values = record.pairs.flatMap(({ invocation: { value } }) => Object.values(value as object))
    expect(new Set(values).size).toBeLessThan(values.length / 2)
    const { status, summary } = await judge(repeating, record)
    expect(status, summary).toBe('valid')
  },
)

it('every way to misbehave happens in some workload', () => {
  for (const how of MISBEHAVIOURS)
    if (how !== 'healthy')
      expect(SERVED.filter((workload) => runOnBroken(workload, how).times > 0).length, how).toBeGreaterThan(4)
})
