import { describe, expect, it } from 'vitest'
import type { Operation } from '../api/history.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { recordOf } from '../testing/record.ts'
import { EFFECTS } from '../vocabularies/effects.ts'
import { JOB_QUEUE } from '../vocabularies/job-queue.ts'
import { PROTECTED_LOCK } from '../vocabularies/protected.ts'
import { SCHEDULE } from '../vocabularies/schedule.ts'
import { effectsOf, type PageEffects } from './effects.ts'

type Call = readonly [f: string, value: unknown, ok?: unknown]

const pairsOf = (calls: readonly Call[]) => {
  const history = calls.flatMap(([f, value, ok = value], i): readonly Operation[] => [
    { index: 2 * i, timeNs: 2 * i, process: 0, type: 'invoke', f, value },
    { index: 2 * i + 1, timeNs: 2 * i + 1, process: 0, type: 'ok', f, value: ok },
  ])
  return recordOf({ history }).pairs
}

const seen = (vocabulary: Vocabulary, calls: readonly Call[], lines: readonly unknown[]): PageEffects =>
  effectsOf({ sink: lines }, 1000, pairsOf(calls), vocabulary)

/** The key of each effect, and the indices of the invocations that caused it. */
const told = ({ effects, causes }: PageEffects) =>
  effects.map(({ number, key, outcome, cause }) => [number, key, outcome, causes[cause] ?? []])

const asked = (seq: number, key: string, refused: string | null = null) => ({
  type: 'request',
  seq,
  clockMs: 1000 + seq,
  request: { key, resource: 1, version: 1 },
  token: 1,
  worker: 'n1',
  attempt: 1,
  refused,
})

const request = (key: string) => ({ key, resource: 1, version: 1 })

describe('effects of the outside world', () => {
  it('name the operations that caused them, and whether they were refused', () => {
    const calls = [
      ['submit', request('a')],
      ['submit', request('a')],
      ['submit', request('unseen')],
    ] as const
    const lines = [
      asked(1, 'a'),
      asked(2, 'a', 'duplicate'),
      asked(3, 'nobody asked'),
      { type: 'start', mode: 'naive', clockMs: 1000 },
    ]
    const found = seen(EFFECTS, calls, lines)
    expect(told(found)).toEqual([
      [null, null, 'done', []],
      [1, 'a', 'done', [0, 2]],
      [2, 'a', 'duplicate', [0, 2]],
      [3, 'nobody asked', 'done', []],
    ])
    expect(found.effects.map(({ atMs }) => atMs)).toEqual([0, 1, 2, 3])
    expect(found.causes).toEqual([[0, 2]])
  })

  it('of a tick come from its schedule', () => {
    const calls = [['schedule', { key: '4', resource: 1, everyMs: 5, ticks: 1e12 }, { key: '4' }]] as const
    expect(told(seen(SCHEDULE, calls, [asked(1, '4/3')]))).toEqual([[1, '4/3', 'done', [0]]])
  })

  it('of a job come from who submitted it and who worked', () => {
    const calls = [
      ['submit', request('a')],
      ['work', {}, { key: 'a', token: 1, acknowledged: true }],
      ['work', {}, { key: null }],
    ] as const
    expect(told(seen(JOB_QUEUE, calls, [asked(1, 'a')]))).toEqual([[1, 'a', 'done', [0, 2]]])
  })

  it('in a protected resource come from the call that entered or left', () => {
    const touch = (seq: number, action: string) => ({
      type: 'touch',
      seq,
      clockMs: 1000 + seq,
      action,
      resource: 1,
      owner: 5,
      token: 7,
      refused: null,
    })
    const value = { key: 1, owner: 5, token: 7 }
    const calls = [
      ['enter', value, { refused: null }],
      ['leave', value, { refused: null }],
    ] as const
    const name = (action: string): string => `${action} 1, owner 5, token 7`
    expect(told(seen(PROTECTED_LOCK, calls, [touch(1, 'enter'), touch(2, 'leave')]))).toEqual([
      [1, name('enter'), 'done', [0]],
      [2, name('leave'), 'done', [2]],
    ])
  })

  it('that nothing can read stay on the page by their time, and calls that do not fit cause nothing', () => {
    const lines = [{ clockMs: 1005, seq: 'x', __proto__: null }, 'text', null, { seq: 1 }]
    expect(told(seen(EFFECTS, [['submit', { key: 5 }]], lines))).toEqual([[null, null, 'done', []]])
    expect(told(effectsOf({ sink: [asked(1, 'a')] }, 0, [], null))).toEqual([[null, null, 'done', []]])
  })
})
