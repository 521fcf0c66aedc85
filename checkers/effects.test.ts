/** Ledgers: clients' history and the sink's log together. */
import { describe, expect, it } from 'vitest'
import type { Consistency, RunRecord, RunSpec, Verdict } from '../harness/api.ts'
import { done, judgeSteps, type Step } from '../harness/testing/steps.ts'
import type { SinkLine, SinkMode } from '../harness/vocabularies/effects.ts'
import { effects } from './effects.ts'

const request = (key: string, version = 1) => ({ key, resource: 1, version })
const submit = (key: string, version = 1): readonly Step[] =>
  done(0, 'submit', request(key, version), { key })
const refusedSubmit = (key: string): readonly Step[] => [
  [0, 'invoke', 'submit', request(key)],
  [0, 'fail', 'submit'],
]
const drained = done(9, 'pending', {}, { pending: [], done: 1 })

const sink = (
  mode: SinkMode,
  ...acts: readonly (readonly [key: string, token: number, version?: number, refused?: 'duplicate'])[]
): readonly SinkLine[] => [
  { type: 'start', mode, clockMs: 0 },
  ...acts.map(
    ([key, token, version = 1, refused], i): SinkLine => ({
      type: 'request',
      seq: i + 1,
      clockMs: i,
      request: request(key, version),
      token,
      worker: 'n1',
      attempt: 1,
      refused: refused ?? null,
    }),
  ),
]

const judge = (
  steps: readonly (readonly Step[])[],
  lines: readonly SinkLine[],
  expected: Consistency = 'exactly-once',
): Promise<Verdict> =>
  judgeSteps(effects, steps.flat(), {
    services: { sink: lines },
    spec: { expect: expected } as RunSpec,
  } as Partial<RunRecord>)

describe('effects', () => {
  it('each once: valid', async () => {
    const verdict = await judge([submit('a'), submit('b'), drained], sink('naive', ['a', 1], ['b', 1]))
    expect(verdict).toMatchObject({
      status: 'valid',
      details: { acknowledged: 2, effects: 2, mode: 'naive' },
    })
  })

  it('a duplicate breaks exactly-once, is shown under at-least-once, and both say what would have saved it', async () => {
    const lines = sink('naive', ['a', 2], ['a', 1])
    const strict = await judge([submit('a'), drained], lines)
    expect(strict.status).toBe('invalid')
    expect(strict.summary).toContain(
      'deduplicates by key would have stopped all 1 of them, one that fences by token 1',
    )
    const weak = await judge([submit('a'), drained], lines, 'at-least-once')
    expect(weak.status).toBe('valid')
    expect(weak.evidence.map(({ title }) => title)).toContain(
      'duplicated: 1 requests (no more than was promised)',
    )
  })

  it('a fencing token stops no duplicate under the same token', async () => {
    const verdict = await judge([submit('a'), drained], sink('fencing', ['a', 3], ['a', 3]))
    expect(verdict.summary).toContain('one that fences by token 0')
  })

  it('what the sink stopped is no effect', async () => {
    const verdict = await judge(
      [submit('a'), drained],
      sink('deduplicating', ['a', 1], ['a', 1, 1, 'duplicate']),
    )
    expect(verdict).toMatchObject({ status: 'valid', details: { effects: 1, stoppedBySink: 1 } })
  })

  it.each([
    ['lost', [submit('a'), drained], sink('naive')],
    ['phantom', [submit('a'), drained], sink('naive', ['a', 1], ['b', 1])],
    ['effect of a refused request', [refusedSubmit('a'), drained], sink('naive', ['a', 1])],
    ['payload mismatch', [submit('a'), drained], sink('naive', ['a', 1, 7])],
  ] as const)('%s is invalid whatever was promised', async (kind, steps, lines) => {
    const verdict = await judge(steps, lines, 'at-least-once')
    expect(verdict.status).toBe('invalid')
    expect(verdict.details[kind]).toBe(1)
  })

  it('an old version that comes again overwrites a newer one', async () => {
    const steps = [submit('a', 1), submit('b', 2), drained]
    const verdict = await judge(steps, sink('naive', ['a', 1, 1], ['b', 1, 2], ['a', 1, 1]))
    expect(verdict.details).toMatchObject({ 'overwrites a newer one': 1, duplicated: 1 })
  })

  it('a stale token that took effect in a sink that fences', async () => {
    const verdict = await judge(
      [submit('a'), submit('b'), drained],
      sink('fencing', ['a', 5], ['b', 4]),
      'at-least-once',
    )
    expect(verdict).toMatchObject({ status: 'invalid', details: { 'stale token': 1 } })
  })

  it('lost is not judged before the cluster had time: unknown', async () => {
    expect(await judge([submit('a')], sink('naive'))).toMatchObject({
      status: 'unknown',
      details: { lost: 0 },
    })
  })

  it('a sink that kept no log: unknown, in one sentence', async () => {
    const verdict = await judge([submit('a'), drained], [])
    expect(verdict).toMatchObject({
      status: 'unknown',
      summary: 'Not judged: the sink kept no log (it died, or there was none).',
    })
  })
})
