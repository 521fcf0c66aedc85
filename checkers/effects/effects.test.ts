/** Ledgers: the history of the clients joined with the log of the sink. */
import { describe, expect, it } from 'vitest'
import type { PromiseName } from '../../harness/api/claims.ts'
import type { RunFacts, RunSpec } from '../../harness/api/record.ts'
import type { Checker, Verdict } from '../../harness/api/verdict.ts'
import { claiming } from '../../harness/testing/promises.ts'
import type { RecordParts } from '../../harness/testing/record.ts'
import { done, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import {
  EFFECTS,
  type LedgerEntry,
  type SinkLine,
  type SinkMode,
} from '../../harness/vocabularies/effects.ts'
import { effects, outbox, scheduledJob } from './effects.ts'

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
  expected: PromiseName = 'exactly-once',
): Promise<Verdict> =>
  judgeSteps(effects, steps.flat(), {
    services: { sink: lines },
    spec: { expect: expected } as RunSpec,
  })

const judgeBy = (
  checker: Checker,
  steps: readonly (readonly Step[])[],
  lines: readonly SinkLine[],
): Promise<Verdict> => judgeSteps(checker, steps.flat(), { services: { sink: lines } })

describe('effects', () => {
  it('each once: valid', async () => {
    const verdict = await judge([submit('a'), submit('b'), drained], sink('naive', ['a', 1], ['b', 1]))
    expect(verdict).toMatchObject({
      status: 'valid',
      details: { acknowledged: 2, effects: 2, mode: 'naive' },
    })
  })

  it('a duplicate breaks exactly-once and is shown under at-least-once; both say what would have prevented it', async () => {
    const lines = sink('naive', ['a', 2], ['a', 1])
    const strict = await judge([submit('a'), drained], lines)
    expect(strict.status).toBe('invalid')
    expect(strict.summary).toContain(
      'deduplicates by key would have stopped all 1 of them, one that fences by token 1',
    )
    const weak = await judge([submit('a'), drained], lines, 'at-least-once')
    expect(weak.status).toBe('valid')
    expect(weak.evidence.map(({ title }) => title)).toContain('duplicated: 1 (allowed by the promise)')
  })

  it('without --expect, the promise comes from the claims', async () => {
    const lines = sink('naive', ['a', 2], ['a', 1])
    const by = (parts: RecordParts): Promise<Verdict> =>
      judgeSteps(effects, [...submit('a'), ...drained], { services: { sink: lines }, ...parts })
    expect(await by(claiming(EFFECTS, { submit: 'at-least-once' }))).toMatchObject({ status: 'valid' })
    expect(await by(claiming(EFFECTS, { submit: 'exactly-once' }))).toMatchObject({ status: 'invalid' })
    expect(await by({})).toMatchObject({ status: 'invalid' })
  })

  it('a fencing token does not stop a duplicate with the same token', async () => {
    const verdict = await judge([submit('a'), drained], sink('fencing', ['a', 3], ['a', 3]))
    expect(verdict.summary).toContain('one that fences by token 0')
  })

  it('a request that the sink stopped has no effect', async () => {
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
  ] as const)('%s is invalid under every promise', async (kind, steps, lines) => {
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

  const ledger = (...entries: readonly LedgerEntry[]): readonly Step[] => done(9, 'ledger', {}, { entries })
  const entry = (key: string, doneAt: number | null): LedgerEntry => ({
    key,
    acceptedAt: 5,
    doneAt,
    worker: doneAt === null ? null : 'n2',
  })

  it.each([
    ['nothing of it', ledger(), "the cluster's log does not contain it"],
    [
      'it accepted, and not done',
      ledger(entry('a', null)),
      "the cluster's log has it accepted at position 5, not done",
    ],
    [
      'it done',
      ledger(entry('a', 8)),
      `the cluster's log has it accepted at position 5, done at position 8, as worker "n2" reported`,
    ],
  ] as const)('a request was lost, and the cluster has %s', async (_, own, told) => {
    const verdict = await judge([submit('a'), drained, own], sink('naive'), 'at-least-once')
    expect(verdict).toMatchObject({ status: 'invalid', details: { lost: 1 } })
    expect(verdict.evidence[0]?.text).toContain(told)
  })

  it('a request that the cluster records as done without an effect is broken even if no client was told', async () => {
    const inDoubt: readonly Step[] = [
      [0, 'invoke', 'submit', request('a')],
      [0, 'info', 'submit'],
    ]
    const verdict = await judge([inDoubt, drained, ledger(entry('a', 8))], sink('naive'), 'at-least-once')
    expect(verdict).toMatchObject({ status: 'invalid', details: { lost: 0, 'done without an effect': 1 } })
    expect(await judge([inDoubt, drained, ledger(entry('a', null))], sink('naive'))).toMatchObject({
      details: { 'done without an effect': 0 },
    })
  })

  it('at-most-once may lose, but must not repeat', async () => {
    expect(
      await judge([submit('a'), submit('b'), drained], sink('naive', ['b', 1]), 'at-most-once'),
    ).toMatchObject({ status: 'valid', details: { lost: 1 } })
    expect(
      await judge([submit('a'), drained], sink('naive', ['a', 1], ['a', 1]), 'at-most-once'),
    ).toMatchObject({ status: 'invalid' })
  })

  it('a sink that kept no log: unknown, in one sentence', async () => {
    const verdict = await judge([submit('a'), drained], [])
    expect(verdict).toMatchObject({
      status: 'unknown',
      summary: 'Not judged: the sink kept no log (it died, or there was none).',
    })
  })
})

describe('scheduled-job', () => {
  const schedule = done(0, 'schedule', { key: 's', resource: 1, everyMs: 9, ticks: 3 }, { key: 's' })

  it.each([
    ['each tick once', 'valid', sink('naive', ['s/1', 1, 1], ['s/2', 1, 2], ['s/3', 2, 3]), {}],
    ['a tick left out', 'invalid', sink('naive', ['s/1', 1, 1], ['s/3', 2, 3]), { lost: 1 }],
    [
      'a tick twice',
      'invalid',
      sink('naive', ['s/1', 1, 1], ['s/2', 1, 2], ['s/2', 2, 2], ['s/3', 2, 3]),
      { duplicated: 1 },
    ],
    [
      'ticks out of order',
      'invalid',
      sink('naive', ['s/1', 1, 1], ['s/3', 1, 3], ['s/2', 1, 2]),
      { 'out of order': 1 },
    ],
    [
      'a tick that is none',
      'invalid',
      sink('naive', ['s/1', 1, 1], ['s/2', 1, 2], ['s/3', 1, 3], ['s/4', 1, 4]),
      { phantom: 1 },
    ],
  ] as const)('%s: %s', async (_, status, lines, details) => {
    expect(await judgeBy(scheduledJob, [schedule, drained], lines)).toMatchObject({ status, details })
  })
})

describe('outbox', () => {
  const update = (key: string, version: number, applied = true): readonly Step[] =>
    done(0, 'update', request(key, version), { applied })
  const doubtful = (key: string, version: number): readonly Step[] => [
    [0, 'invoke', 'update', request(key, version)],
    [0, 'info', 'update'],
  ]
  const stands = (version: number): readonly Step[] =>
    done(1, 'read', { resource: 1 }, { resource: 1, version })

  it.each([
    [
      'a message a change',
      'valid',
      [update('a', 1), update('b', 2)],
      sink('naive', ['a', 1, 1], ['b', 1, 2]),
      {},
    ],
    ['no message', 'invalid', [update('a', 1)], sink('naive'), { lost: 1 }],
    [
      'a message of what was refused',
      'invalid',
      [update('a', 1), update('b', 1, false)],
      sink('naive', ['a', 1, 1], ['b', 1, 1]),
      { 'effect of a refused request': 1 },
    ],
    [
      'a change in doubt that happened without its message',
      'invalid',
      [doubtful('a', 1), stands(1)],
      sink('naive'),
      { lost: 0, 'change without a message': 1 },
    ],
    ['a change in doubt that never happened', 'unknown', [doubtful('a', 1), stands(0)], sink('naive'), {}],
    [
      'messages out of order',
      'invalid',
      [update('a', 1), update('b', 2)],
      sink('naive', ['b', 1, 2], ['a', 1, 1]),
      { 'out of order': 1 },
    ],
  ] as const)('%s: %s', async (_, status, steps, lines, details) => {
    expect(await judgeBy(outbox, [...steps, drained], lines)).toMatchObject({ status, details })
  })
})

it('the ledger is a table: a row a key, fine ones listed while there are few, and counted otherwise', async () => {
  const keys = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `k${i}`)
  const ledger = async (count: number) => {
    const acts = [...keys(count), 'k0'].map((key) => [key, 1] as const)
    const steps = [...keys(count).map((key) => submit(key)), drained]
    return (await judge(steps, sink('naive', ...acts))).evidence[0]
  }
  const small = await ledger(3)
  expect(small?.anomaly).toBe('duplicate effect')
  expect(small?.view).toMatchObject({
    rows: [
      {
        mark: 'duplicated',
        operations: [0],
        cells: { 0: 'k0', 4: '2: #1 by n1, token 1; #4 by n1, token 1' },
      },
      { operations: [2], cells: { 0: 'k1', 4: '1: #2 by n1, token 1' } },
      { operations: [4], cells: { 0: 'k2' } },
    ],
    omitted: 0,
  })
  const large = (await ledger(50))?.view
  expect(large).toMatchObject({ omitted: 49, fine: 49 })
  expect(large?.kind === 'table' ? large.rows : []).toHaveLength(1)
})

describe('the time of what is wrong', () => {
  const judgeAt = (lines: readonly SinkLine[], zeroAt?: string): Promise<Verdict> =>
    judgeSteps(effects, [submit('a'), drained].flat(), {
      services: { sink: lines },
      spec: { expect: 'exactly-once' } as RunSpec,
      facts: (zeroAt === undefined ? {} : { zeroAt }) as RunFacts,
    })
  // The sink's clock shows 0 ms and 1 ms.
  const twice = sink('deduplicating', ['a', 1], ['a', 1])
  const tenMsBefore = new Date(-10).toISOString()

  it('is that of the last effect by the clock of the sink, not that of the answer', async () => {
    const { evidence } = await judgeAt(twice, tenMsBefore)
    expect(evidence.map(({ anomaly, atNs }) => [anomaly, atNs])).toEqual([['duplicate effect', 11e6]])
    const [older] = (await judgeAt(twice)).evidence
    expect(older?.atNs).toBeUndefined()
  })

  it('is not known of what is missing, which is said', async () => {
    const { evidence } = await judgeAt(sink('deduplicating'), tenMsBefore)
    expect(evidence.map(({ anomaly, atNs, isMissing }) => [anomaly, atNs, isMissing])).toEqual([
      ['lost effect', undefined, true],
    ])
  })
})
