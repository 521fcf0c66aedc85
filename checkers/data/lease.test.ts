import { describe, expect, it } from 'vitest'
import { judgeSteps } from '../../harness/testing/steps.ts'
import { LEASE } from '../../harness/vocabularies/lease.ts'
import { lease } from './lease.ts'

describe('lease', () => {
  const at = (ms: number, process: number, type: 'invoke' | 'ok', f: string, value: unknown) => ({
    timeNs: ms * 1e6,
    process,
    type,
    f,
    value,
  })
  const acquired = (owner: number, ms: number, token: number) => [
    at(ms, owner, 'invoke', 'acquire', { key: 1, owner }),
    at(ms + 10, owner, 'ok', 'acquire', { done: true, token }),
  ]
  const released = (owner: number, ms: number) => [
    at(ms, owner, 'invoke', 'release', { key: 1, owner }),
    at(ms + 10, owner, 'ok', 'release', { done: true }),
  ]
  it.each([
    ['one after the other ran out', 'valid', [...acquired(1, 0, 5), ...acquired(2, 1600, 9)]],
    [
      'one after the other was released',
      'valid',
      [...acquired(1, 0, 5), ...released(1, 300), ...acquired(2, 400, 9)],
    ],
    ['two at once', 'invalid', [...acquired(1, 0, 5), ...acquired(2, 1000, 9)]],
    ['a token that is not greater', 'invalid', [...acquired(1, 0, 5), ...acquired(2, 1600, 5)]],
    ['nobody', 'unknown', []],
  ] as const)('%s: %s', async (_, status, events) => {
    const history = events.map((event, index) => ({ ...event, index }))
    expect(await judgeSteps(lease(LEASE), [], { history })).toMatchObject({ status })
  })
})
