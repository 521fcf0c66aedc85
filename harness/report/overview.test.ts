import { expect, it } from 'vitest'
import type { Operation, Pair } from '../api/history.ts'
import { NS_PER_MS } from '../support/time.ts'
import { OverviewFold } from './overview.ts'

const pairAt = (startMs: number, durationMs: number | null, type: Operation['type'] = 'ok'): Pair => {
  const invocation: Operation = {
    ...{ index: 0, process: 0, type: 'invoke', f: 'read', value: null },
    timeNs: startMs * NS_PER_MS,
  }
  if (durationMs === null) return { invocation, completion: null }
  return { invocation, completion: { ...invocation, type, timeNs: (startMs + durationMs) * NS_PER_MS } }
}

const overviewOf = (endMs: number, pairs: readonly Pair[]) => {
  const fold = new OverviewFold(endMs)
  for (const pair of pairs) fold.take(pair)
  return fold.result()
}

it('completions are counted where they were over, by outcome', () => {
  const { partMs, completions } = overviewOf(10_000, [
    pairAt(5, 10),
    pairAt(6, 10),
    pairAt(7, 10, 'fail'),
    pairAt(8, 10, 'info'),
    pairAt(9, null),
    pairAt(9_990, 500),
  ])
  expect(partMs).toBe(10)
  expect(completions.slice(0, 6)).toEqual([0, 0, 0, 2, 1, 1])
  // What was over after the end is counted at the end.
  expect(completions.at(-3)).toBe(1)
  expect(completions.reduce((sum, count) => sum + count, 0)).toBe(5)
})

it('latencies are right to 5%, from fractions of a millisecond to seconds', () => {
  for (const latencyMs of [0.02, 0.7, 5, 120, 4000, 30_000]) {
    const ok = Array.from({ length: 98 }, () => pairAt(1000, latencyMs))
    const slow = [pairAt(1000, 39_000), pairAt(1000, 39_000)]
    const { medianMs, p99Ms } = overviewOf(100_000, [...ok, ...slow, pairAt(1000, 3000, 'fail')])
    expect(Math.abs((medianMs[10] as number) / latencyMs - 1)).toBeLessThan(0.05)
    expect(Math.abs((p99Ms[10] as number) / 39_000 - 1)).toBeLessThan(0.05)
    expect(medianMs[11]).toBeNull()
  }
})
