import { expect, it } from 'vitest'
import { statistics } from '../../checkers/cluster/statistics.ts'
import { recordOf } from '../testing/record.ts'
import { historyOf } from '../testing/steps.ts'
import { runVerdictOf } from '../testing/verdicts.ts'
import { figuresOf } from './figures.ts'

/** A write of 3 s, reads of 1 and 2 s, and a read that failed after 10 s. */
const HISTORY = historyOf([
  [0, 'invoke', 'write', 1],
  [0, 'ok', 'write', 1],
  [0, 'invoke', 'read', null],
  [0, 'ok', 'read', null],
  [0, 'invoke', 'read', null],
  [0, 'ok', 'read', null],
  [0, 'invoke', 'read', null],
  [0, 'fail', 'read', null],
]).map((operation, i) => ({ ...operation, timeNs: ([0, 3, 3, 4, 4, 6, 6, 16][i] as number) * 1e9 }))

const recovery = { fault: 'kill-1', kind: 'kill', readyMs: null, rateBackMs: null }
const impact = {
  recoveries: [20, 700, null].map((firstOkMs) => ({ ...recovery, firstOkMs })),
  longestUnavailabilityMs: {},
  coverage: {},
  served: { askedS: 10, servedS: 9 },
}

it('the figures of a run are those of its verdict: the slowest call, the longest recovery', async () => {
  const judged = await statistics.check(recordOf({ history: HISTORY }), AbortSignal.timeout(10_000))
  const verdict = { ...runVerdictOf([judged]), impact }
  expect(figuresOf(verdict)).toEqual({
    ...{ availability: 0.9, recoveryMs: 700, latencyP50Ms: 3000, latencyP99Ms: 3000 },
  })
  expect(figuresOf(runVerdictOf([]))).toEqual({
    ...{ availability: null, recoveryMs: null, latencyP50Ms: null, latencyP99Ms: null },
  })
})
