import { describe, expect, it } from 'vitest'
import { logs } from './logs.ts'
import { fault, judge } from './testing/records.ts'

describe('logs', () => {
  it.each([
    ['nothing', 'valid', 'follower in term 2\n"initial-corrupt-check":false'],
    ['a panic of Go', 'invalid', 'I am well\npanic: runtime error: index out of range'],
    ['a data race', 'invalid', 'WARNING: DATA RACE'],
    ['an assertion', 'invalid', 'server.c:12: main: Assertion `x > 0` failed.'],
    ['corruption', 'invalid', 'the log is corrupt at offset 12'],
  ])('%s: %s', async (_, status, text) => {
    expect(await judge(logs, { logs: [{ node: 'a', text }] })).toMatchObject({ status })
  })

  it('a node that stops because its disk lies is shown, and does as it should', async () => {
    const parts = { logs: [{ node: 'a', text: 'the log is corrupt' }], faults: [fault('corruption', 1, 2)] }
    const verdict = await judge(logs, parts)
    expect(verdict.status).toBe('valid')
    expect(verdict.evidence[0]?.text).toContain('the log is corrupt')
  })
})
