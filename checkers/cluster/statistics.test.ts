import { describe, expect, it } from 'vitest'
import { done, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import { statistics } from './statistics.ts'

describe('statistics', () => {
  const read = done(0, 'read', null, 1)

  it('counts outcomes, latencies and errors by operation', async () => {
    const verdict = await judgeSteps(statistics, read)
    expect(verdict.details).toMatchObject({
      read: { ok: 1, latencyMs: { ok: { p50: 1 }, fail: { p50: null } } },
    })
    expect(verdict.status).toBe('valid')
  })

  it('is unknown where one kind was never ok', async () => {
    const failed: readonly Step[] = [
      [0, 'invoke', 'write'],
      [0, 'fail', 'write'],
    ]
    expect(await judgeSteps(statistics, [...read, ...failed])).toMatchObject({
      status: 'unknown',
      summary: 'Never ok: write.',
    })
  })

  it('is unknown where nothing was asked', async () => {
    expect(await judgeSteps(statistics, [])).toMatchObject({ status: 'unknown' })
  })
})
