import { describe, expect, it } from 'vitest'
import type { Checker, Verdict } from '../../harness/api/verdict.ts'
import { done, judgeSteps } from '../../harness/testing/steps.ts'
import type { SinkLine, SinkMode, TouchLine } from '../../harness/vocabularies/effects.ts'
import { leaseResource, lockResource } from './protected-resource.ts'

type Touch = readonly [action: 'enter' | 'leave', owner: number, token: number, refused?: 'stale-token']

const sink = (mode: SinkMode, touches: readonly Touch[]): readonly SinkLine[] => [
  { type: 'start', mode, clockMs: 0 },
  ...touches.map(
    ([action, owner, token, refused], i): TouchLine => ({
      type: 'touch',
      seq: i + 1,
      clockMs: i,
      action,
      resource: 1,
      owner,
      token,
      refused: refused ?? null,
    }),
  ),
]

const judge = (checker: Checker, mode: SinkMode, touches: readonly Touch[]): Promise<Verdict> =>
  judgeSteps(
    checker,
    touches.flatMap(([action, owner, token]) =>
      done(owner, action, { key: 1, owner, token }, { refused: null }),
    ),
    { services: { sink: sink(mode, touches) } },
  )

const ONE_BY_ONE: readonly Touch[] = [
  ['enter', 1, 5],
  ['leave', 1, 5],
  ['enter', 2, 6],
  ['leave', 2, 6],
]
const OVERLAPPING: readonly Touch[] = [
  ['enter', 1, 5],
  ['enter', 2, 6],
  ['leave', 1, 5],
  ['leave', 2, 6],
]

describe('protected-resource', () => {
  it('one by one keeps every promise', async () => {
    for (const checker of [lockResource, leaseResource])
      expect(await judge(checker, 'naive', ONE_BY_ONE)).toMatchObject({
        status: 'valid',
        details: { entered: 2, 'two at once': 0, 'stale token taken': 0 },
      })
  })

  it('two at once break a lock but not a lease; a sink that fences would have stopped them', async () => {
    const lock = await judge(lockResource, 'naive', OVERLAPPING)
    expect(lock).toMatchObject({ status: 'invalid', details: { 'two at once': 1, 'stale token taken': 1 } })
    expect(lock.evidence[0]?.text).toContain('#2 owner 2 enters 1 with token 6')
    expect(lock.evidence[0]?.operations).toEqual([0, 2])
    const lease = await judge(leaseResource, 'naive', OVERLAPPING)
    expect(lease.status).toBe('valid')
    expect(lease.summary).toContain('a sink that fences would have turned down all 1')
  })

  it('a sink that fences and takes a stale token breaks a lease', async () => {
    expect(await judge(leaseResource, 'fencing', OVERLAPPING)).toMatchObject({ status: 'invalid' })
    const turnedDown: readonly Touch[] = [
      ['enter', 1, 5],
      ['enter', 2, 6],
      ['leave', 1, 5, 'stale-token'],
      ['leave', 2, 6],
    ]
    expect(await judge(leaseResource, 'fencing', turnedDown)).toMatchObject({
      status: 'valid',
      details: { turnedDown: 1 },
    })
  })

  it('a stale token breaks a lock even after all have left', async () => {
    const stale: readonly Touch[] = [...ONE_BY_ONE, ['enter', 3, 4]]
    expect(await judge(lockResource, 'naive', stale)).toMatchObject({
      status: 'invalid',
      details: { 'two at once': 0, 'stale token taken': 1 },
    })
  })

  it('a sink that kept no log, or that nobody entered: unknown', async () => {
    expect(await judgeSteps(lockResource, [], { services: {} })).toMatchObject({ status: 'unknown' })
    expect(await judge(lockResource, 'naive', [])).toMatchObject({ status: 'unknown' })
  })
})

it('the visits are a table in the order of the sink, with the two that conflict marked', async () => {
  const { evidence } = await judge(lockResource, 'naive', [...ONE_BY_ONE, ...OVERLAPPING])
  const found = evidence.find(({ anomaly }) => anomaly === 'two holders')
  const rows = found?.view?.kind === 'table' ? found.view.rows : []
  // The others have stale tokens, and are in the table of those.
  expect(rows.map(({ cells, mark }) => [cells[0], mark])).toEqual([
    ['1', undefined],
    ['2', undefined],
    ['4', undefined],
    ['5', 'inside already'],
    ['6', 'two at once'],
    ['8', undefined],
  ])
})
