import { describe, expect, it } from 'vitest'
import type { Operation } from '../../harness/api/history.ts'
import type { RunRecord, RunSpec } from '../../harness/api/record.ts'
import type { Checker, Verdict } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { done, historyOf, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import { BOOKING } from '../../harness/vocabularies/booking.ts'
import { EFFECTS } from '../../harness/vocabularies/effects.ts'
import { MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import { composeVerdict } from '../compose.ts'
import { listAppend } from '../transactions/checker.ts'
import { outcomes } from './outcomes.ts'
import { fault, judge } from './testing/records.ts'

/** A fail without an answer can make no valid verdict invalid: it is told, and not held against the run. */
const toldOf = ({ status, details }: Verdict): string =>
  status === 'valid' && (details['no answer was taken for a fail'] as number) > 0 ? 'told' : status

describe('outcomes', () => {
  const fail = (process: number, f: string, value: unknown): readonly Step[] => [
    [process, 'invoke', f, value],
    [process, 'fail', f],
  ]
  it.each([
    [
      'nothing odd',
      'valid',
      [...done(0, 'write', { key: 1, value: 5 }), ...done(1, 'read', { key: 1 }, { key: 1, value: 5 })],
    ],
    [
      'a failed write that was read',
      'unknown',
      [...fail(0, 'write', { key: 1, value: 5 }), ...done(1, 'read', { key: 1 }, { key: 1, value: 5 })],
    ],
    [
      'a failed write of what another wrote too',
      'valid',
      [
        ...fail(0, 'write', { key: 1, value: 5 }),
        ...done(2, 'write', { key: 1, value: 5 }),
        ...done(1, 'read', { key: 1 }, { key: 1, value: 5 }),
      ],
    ],
  ])('%s: %s', async (_, status, steps) => {
    expect(await judge(outcomes, {}, steps)).toMatchObject({ status })
  })

  it('an answer that does not fit its call leaves the run unproved', async () => {
    const steps: readonly Step[] = [
      ...done(0, 'write', { key: 1, value: 5 }),
      [1, 'invoke', 'read', { key: 1 }],
    ]
    const history = historyOf([...steps, [1, 'info', 'read']]).map((operation) =>
      operation.type === 'info'
        ? {
            ...operation,
            error: 'the answer does not fit the call: value: expected number',
            meta: { misfit: true },
          }
        : operation,
    )
    const verdict = await outcomes.check(
      recordOf({ history, vocabulary: REGISTER }),
      new AbortController().signal,
    )
    expect(verdict).toMatchObject({ status: 'unknown', summary: expect.stringContaining('does not fit') })
  })

  describe('a failed write is not blamed', () => {
    const read = (value: unknown) => done(1, 'read', { key: 1 }, { key: 1, value })
    const written = fail(0, 'write', { key: 1, value: 5 })

    it('for a read that was over before it began', async () => {
      expect(await judge(outcomes, {}, [...read(5), ...written])).toMatchObject({ status: 'valid' })
      expect(await judge(outcomes, {}, [...read(5), ...written, ...read(5)])).toMatchObject({
        status: 'unknown',
      })
    })

    it('for the initial value', async () => {
      const initial = { workloadOptions: { initial: '5' } }
      expect(await judge(outcomes, initial, [...written, ...read(5)])).toMatchObject({ status: 'valid' })
      const other = { workloadOptions: { initial: '15' } }
      expect(await judge(outcomes, other, [...written, ...read(5)])).toMatchObject({ status: 'unknown' })
    })
  })

  it('a value of another type is the mistake of the client', async () => {
    const read = (value: unknown) => done(1, 'read', { key: 1 }, { key: 1, value })
    const write = done(0, 'write', { key: 1, value: 597 })
    const verdict = await judge(outcomes, {}, [...write, ...read('597')])
    expect(verdict).toMatchObject({ status: 'unknown', details: { 'a value of another type': 1 } })
    expect(verdict.summary).toContain('read 1="597", and only 1=597 was written')
    expect(await judge(outcomes, {}, [...write, ...read(597)])).toMatchObject({ status: 'valid' })
    expect(await judge(outcomes, {}, [...write, ...read('598')])).toMatchObject({ status: 'valid' })
  })

  it('a booking that was answered with no, and took effect', async () => {
    const book = (customer: number, confirmed: boolean) =>
      done(0, 'book', { seat: 1, customer }, { seat: 1, customer, confirmed })
    const held = (customer: number) => done(1, 'read', { seat: 1 }, { seat: 1, customer })
    const booked = (steps: readonly Step[]): Promise<Verdict> =>
      judge(outcomes, { vocabulary: BOOKING }, steps)
    expect(await booked([...book(7, false), ...held(7)])).toMatchObject({
      status: 'unknown',
      summary: expect.stringContaining('was answered with no, but operation 2 read the value it wrote'),
    })
    expect(await booked([...book(8, true), ...book(7, false), ...held(8)])).toMatchObject({ status: 'valid' })
    expect(await booked([...book(7, false), ...book(7, true), ...held(7)])).toMatchObject({ status: 'valid' })
  })

  it('an invalid verdict that rests on a distrusted outcome says so', async () => {
    const claim = (operations: readonly number[]): Checker => ({
      name: 'claim',
      finds: '',
      needs: [],
      check: async () => ({
        checker: 'claim',
        status: 'invalid',
        promise: { text: '', source: '' },
        summary: 'A read of 5.',
        evidence: [{ title: '', text: '', operations }],
        details: {},
      }),
    })
    const history = historyOf([
      ...fail(0, 'write', { key: 1, value: 5 }),
      ...done(1, 'read', { key: 1 }, { key: 1, value: 5 }),
      ...done(2, 'read', { key: 2 }, { key: 2, value: null }),
    ])
    const summaryOf = async (operations: readonly number[]): Promise<string> =>
      (
        await composeVerdict(
          [claim(operations), outcomes],
          recordOf({ history, vocabulary: REGISTER }),
          new AbortController().signal,
        )
      ).summary
    expect(await summaryOf([2, 4])).toBe(
      'A read of 5; this rests on outcomes that the client may have recorded wrongly (operations 2: see outcomes).',
    )
    expect(await summaryOf([4])).toBe('A read of 5.')
  })

  it('a failed element that was read', async () => {
    const steps = [...fail(0, 'add', { element: 5 }), ...done(1, 'read', {}, { elements: [4, 5] })]
    expect(await judge(outcomes, { vocabulary: SET }, steps)).toMatchObject({ status: 'unknown' })
  })

  it.each(['list-append', 'sessions', 'long-fork'])(
    'an aborted element that was read is an anomaly, and no mistake of the client: %s',
    async (workload) => {
      const steps = [
        ...fail(0, 'txn', [['append', 1, 5]]),
        ...done(1, 'txn', [['r', 1, null]], [['r', 1, [5]]]),
      ]
      const spec = { workload, nodes: 2 } as RunSpec
      expect(await judge(outcomes, { vocabulary: LIST_APPEND, spec }, steps)).toMatchObject({
        status: 'valid',
      })
      expect((await judgeSteps(listAppend, steps)).summary).toContain('G1a')
    },
  )

  it('if no isolation is promised, it is the client that cannot be trusted', async () => {
    const steps = [...fail(0, 'txn', [['w', 1, 5]]), ...done(1, 'txn', [['r', 1, null]], [['r', 1, 5]])]
    expect(await judge(outcomes, { vocabulary: MULTI_REGISTER }, steps)).toMatchObject({ status: 'unknown' })
  })

  it('a call that changes nothing may be recorded as fail without an answer', async () => {
    const timedOut = (f: string, value: unknown): Operation[] => {
      const base = { timeNs: 0, process: 0, f, value } as const
      return [
        { ...base, index: 0, type: 'invoke' },
        { ...base, index: 1, type: 'fail', error: 'timed out' },
      ]
    }
    const judged = async (vocabulary: Vocabulary, f: string, value: unknown): Promise<string> =>
      toldOf(await judge(outcomes, { vocabulary, history: timedOut(f, value) }))
    expect(await judged(EFFECTS, 'ledger', {})).toBe('valid')
    expect(await judged(EFFECTS, 'submit', { key: 'a', resource: 1, version: 1 })).toBe('told')
    expect(await judged(LIST_APPEND, 'txn', [['r', 1, null]])).toBe('valid')
    expect(await judged(LIST_APPEND, 'txn', [['append', 1, 2]])).toBe('told')
  })

  it('a timeout that is recorded as fail, and a request that was never sent', async () => {
    const withError = async (error: string): Promise<string> => {
      const record = { history: [] as RunRecord['history'] }
      const base = { timeNs: 0, process: 0, f: 'write', value: { key: 1, value: 2 } } as const
      record.history = [
        { ...base, index: 0, type: 'invoke' },
        { ...base, index: 1, type: 'fail', error },
      ]
      return toldOf(await judge(outcomes, record))
    }
    expect(await withError('request timed out')).toBe('told')
    expect(await withError('This operation was aborted')).toBe('told')
    expect(await withError('transaction aborted: deadlock')).toBe('valid')
    expect(await withError('aborted')).toBe('valid')
    expect(await withError('txn conflict, deadline of the lock passed')).toBe('valid')
    expect(await withError('connect ETIMEDOUT')).toBe('valid')
    expect(await withError('not-leader')).toBe('valid')
  })

  it('a client that always fails while others are served, unless a fault explains it', async () => {
    const history = Array.from({ length: 80 }, (_, i) => {
      const process = i % 2
      const base = { process, f: 'read', value: { key: 1 }, node: 'n1' } as const
      return [
        { ...base, index: 2 * i, timeNs: i * 2e8, type: 'invoke' as const },
        process === 0
          ? { ...base, index: 2 * i + 1, timeNs: i * 2e8 + 1, type: 'fail' as const, error: 'closed' }
          : { ...base, index: 2 * i + 1, timeNs: i * 2e8 + 1, type: 'ok' as const },
      ]
    }).flat()
    expect(await judge(outcomes, { history })).toMatchObject({ status: 'unknown' })
    expect(await judge(outcomes, { history, faults: [fault('partition', 100, 9000)] })).toMatchObject({
      status: 'valid',
    })
  })
})
