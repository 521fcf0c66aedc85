import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { rememberingLog } from '../testing/logs.ts'
import { ClientLog } from './client-log.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

/** An operation fails each second. */
const linesAfter = (seconds: number) => {
  const log = rememberingLog()
  {
    using clients = new ClientLog(log)
    for (let i = 0; i < seconds; i++) {
      clients.completed('n1', { type: 'fail', error: 'no' })
      vi.advanceTimersByTime(1000)
    }
  }
  return log.lines.map(({ fields }) => fields)
}

it('has a line for each second of the first hour', () => {
  const lines = linesAfter(3600)
  expect(lines.length).toBe(3600)
  expect(lines[0]).toEqual({
    node: 'n1',
    opened: 0,
    reopened: 0,
    refused: 0,
    failed: 1,
    inDoubt: 0,
    lastError: 'no',
  })
})

it('has rarer lines after that, which leave nothing out', () => {
  const lines = linesAfter(86_400)
  expect(lines.length).toBeLessThan(16_000)
  expect(lines.reduce((sum, { failed }) => sum + Number(failed), 0)).toBe(86_400)
  expect(lines.at(-2)).toMatchObject({ inSeconds: 24, failed: 24 })
})
