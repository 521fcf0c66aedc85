import { describe, expect, it } from 'vitest'
import type { Claims } from '../../harness/api/claims.ts'
import type { Operation } from '../../harness/api/history.ts'
import type { RunRecord, RunSpec } from '../../harness/api/record.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { linearizability } from './linearizability.ts'

const checker = linearizability({ initial: null })
const signal = new AbortController().signal

type Event = readonly [process: number, type: Operation['type'], f: string, value: unknown]

const history = (events: readonly Event[]): Operation[] =>
  events.map(([process, type, f, value], index) => ({
    index,
    timeNs: index * 1e6,
    process,
    type,
    f,
    value,
    node: `n${(process % 3) + 1}`,
  }))

const w = (value: number) => ({ key: 1, value })
const staleRead = history([
  [0, 'invoke', 'write', w(1)],
  [0, 'ok', 'write', w(1)],
  [0, 'invoke', 'write', w(2)],
  [0, 'ok', 'write', w(2)],
  [1, 'invoke', 'read', { key: 1 }],
  [1, 'ok', 'read', { key: 1, value: 1 }],
])

const claims = (read: 'linearizable' | 'consistent-prefix'): Claims => ({
  source: 'the test',
  consistency: { register: { read, write: 'linearizable', cas: 'linearizable' } },
  minority: 'refuse',
  tolerates: {},
})

const judge = (history: readonly Operation[], parts: Pick<Partial<RunRecord>, 'claims' | 'spec'> = {}) =>
  checker.check(recordOf({ history, ...parts }), signal)

describe('linearizability of registers', () => {
  it('explains a stale read in one sentence, with a diagram', async () => {
    const verdict = await judge(staleRead)
    expect(verdict.status).toBe('invalid')
    expect(verdict.summary).toBe(
      'Stale read: process 1 read 1 from key 1 on n2 at 0.005 s, although write 2 by process 0 had completed at 0.003 s, before the read began; judged by linearizable, which is assumed for register: nobody promised it.',
    )
    expect(verdict.evidence[0]?.text).toContain('<-- cannot be placed')
    expect(verdict.evidence[0]?.operations).toContain(4)
    expect(verdict.evidence[0]?.page?.file).toBe('linearizability-key-1.html')
    expect(verdict.evidence[0]?.page?.html).toContain('but then read -> 1 is not possible when it is 2')
  })

  it('does not report an allowed read, nor an invented value as a stale read', async () => {
    const cas = { key: 1, expected: 2, next: 3 }
    const late = history([
      [0, 'invoke', 'write', w(1)],
      [0, 'ok', 'write', w(1)],
      [0, 'invoke', 'write', w(2)],
      [0, 'ok', 'write', w(2)],
      [1, 'invoke', 'read', { key: 1 }],
      [1, 'ok', 'read', { key: 1, value: 7 }],
    ])
    const allowed = history([
      [0, 'invoke', 'write', w(1)],
      [0, 'ok', 'write', w(1)],
      [0, 'invoke', 'write', w(2)],
      [0, 'ok', 'write', w(2)],
      [1, 'invoke', 'read', { key: 1 }],
      [1, 'ok', 'read', { key: 1, value: 1 }],
      [0, 'invoke', 'cas', cas],
      [0, 'ok', 'cas', { ...cas, applied: false }],
    ])
    expect((await judge(late)).summary).toContain('which nobody had written')
    const verdict = await judge(allowed, { claims: claims('consistent-prefix') })
    expect(verdict.status).toBe('invalid')
    expect(verdict.summary).not.toContain('Stale read')
  })

  it('allows it if only a consistent prefix is promised', async () => {
    expect(await judge(staleRead, { claims: claims('consistent-prefix') })).toMatchObject({ status: 'valid' })
    expect(await judge(staleRead, { claims: claims('linearizable') })).toMatchObject({ status: 'invalid' })
  })

  it('--expect overrides the claim', async () => {
    const spec = { expect: 'linearizable' } as RunSpec
    const verdict = await judge(staleRead, { claims: claims('consistent-prefix'), spec })
    expect(verdict).toMatchObject({ status: 'invalid', promise: { source: '--expect on the command line' } })
  })

  it('a consistent prefix allows neither invented nor future values', async () => {
    const invented = history([
      [1, 'invoke', 'read', { key: 1 }],
      [1, 'ok', 'read', { key: 1, value: 7 }],
      [0, 'invoke', 'write', w(7)],
      [0, 'ok', 'write', w(7)],
    ])
    expect(await judge(invented, { claims: claims('consistent-prefix') })).toMatchObject({
      status: 'invalid',
    })
    const spec = { expect: 'consistent-prefix' } as RunSpec
    expect(await judge(invented, { spec })).toMatchObject({ status: 'invalid' })
    expect(await judge(staleRead, { spec })).toMatchObject({ status: 'valid' })
  })

  it('fail never happened, info may have', async () => {
    const lost = (type: 'fail' | 'info'): Operation[] =>
      history([
        [0, 'invoke', 'write', w(1)],
        [0, type, 'write', w(1)],
        [1, 'invoke', 'read', { key: 1 }],
        [1, 'ok', 'read', { key: 1, value: 1 }],
      ])
    expect(await judge(lost('info'))).toMatchObject({ status: 'valid' })
    expect(await judge(lost('fail'))).toMatchObject({
      status: 'invalid',
      summary: expect.stringContaining('which nobody had written'),
    })
  })
})

describe('of many failing keys', () => {
  it('the one that failed first is shown, however many operations it has', async () => {
    const KEYS = 20
    // A key that fails early is used for long.
    const events = Array.from({ length: KEYS }, (_, key): readonly Event[] => [
      [0, 'invoke', 'write', { key, value: 1 }],
      [0, 'ok', 'write', { key, value: 1 }],
      [1, 'invoke', 'read', { key }],
      [1, 'ok', 'read', { key, value: 99 }],
      ...Array.from({ length: KEYS - key }, (): readonly Event[] => [
        [2, 'invoke', 'read', { key: 0 }],
        [2, 'ok', 'read', { key: 0, value: 1 }],
      ]).flat(),
    ]).flat()
    const verdict = await checker.check(recordOf({ history: history(events) }), signal)
    expect(verdict.status).toBe('invalid')
    expect(verdict.details.failing).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
  })
})
