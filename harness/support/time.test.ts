import { expect, it } from 'vitest'
import { formatDurationMs, parseDurationMs } from './time.ts'

it.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['1.5s', 1500],
  ['15', 15_000],
])('reads %s', (text, ms) => expect(parseDurationMs(text)).toBe(ms))

it.each(['', 'abc', '-5s', '5 minutes', 's'])('refuses "%s"', (text) =>
  expect(parseDurationMs(text)).toBeNull(),
)

it('formats durations', () => {
  expect([20, 1500, 180_000].map(formatDurationMs)).toEqual(['20 ms', '1.5 s', '3 min 0 s'])
})
