import { describe, expect, it } from 'vitest'
import type { Operation } from '../../harness/api/history.ts'
import type { RunRecord, RunSpec } from '../../harness/api/record.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { done, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import { EFFECTS } from '../../harness/vocabularies/effects.ts'
import { MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import { listAppend } from '../transactions/checker.ts'
import { outcomes } from './outcomes.ts'
import { fault, judge } from './testing/records.ts'

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

  it('where no isolation is promised, it is the client that cannot be trusted', async () => {
    const steps = [...fail(0, 'txn', [['w', 1, 5]]), ...done(1, 'txn', [['r', 1, null]], [['r', 1, 5]])]
    expect(await judge(outcomes, { vocabulary: MULTI_REGISTER }, steps)).toMatchObject({ status: 'unknown' })
  })

  it('of what changes nothing a missing answer may be called a fail', async () => {
    const timedOut = (f: string, value: unknown): Operation[] => {
      const base = { timeNs: 0, process: 0, f, value } as const
      return [
        { ...base, index: 0, type: 'invoke' },
        { ...base, index: 1, type: 'fail', error: 'timed out' },
      ]
    }
    const judged = async (vocabulary: Vocabulary, f: string, value: unknown): Promise<string> =>
      (await judge(outcomes, { vocabulary, history: timedOut(f, value) })).status
    expect(await judged(EFFECTS, 'ledger', {})).toBe('valid')
    expect(await judged(EFFECTS, 'submit', { key: 'a', resource: 1, version: 1 })).toBe('unknown')
    expect(await judged(LIST_APPEND, 'txn', [['r', 1, null]])).toBe('valid')
    expect(await judged(LIST_APPEND, 'txn', [['append', 1, 2]])).toBe('unknown')
  })

  it('a timeout that is called a fail, and one that was never sent', async () => {
    const withError = async (error: string): Promise<string> => {
      const record = { history: [] as RunRecord['history'] }
      const base = { timeNs: 0, process: 0, f: 'write', value: { key: 1, value: 2 } } as const
      record.history = [
        { ...base, index: 0, type: 'invoke' },
        { ...base, index: 1, type: 'fail', error },
      ]
      return (await judge(outcomes, record)).status
    }
    expect(await withError('request timed out')).toBe('unknown')
    expect(await withError('connect ETIMEDOUT')).toBe('valid')
    expect(await withError('not-leader')).toBe('valid')
  })

  it('a client that only ever fails while others are served, unless a fault explains it', async () => {
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
