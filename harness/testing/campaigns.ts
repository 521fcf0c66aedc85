/** Results of campaigns by parts, for tests. */
import { type CaseResult, countsOf, type SuiteResult } from '../campaign/result.ts'

export const caseResult = (change: Partial<CaseResult> = {}): CaseResult => ({
  name: 'a',
  choice: { target: 'raft' },
  seed: 1,
  expected: [],
  command: 'faultline run',
  outcome: 'passed',
  why: '',
  findings: [],
  exitCode: 0,
  runDir: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 1,
  exercise: null,
  ...change,
})

export const suiteResult = (
  results: readonly CaseResult[],
  change: Partial<SuiteResult> = {},
): SuiteResult => ({
  suite: 'nightly',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:00.000Z',
  exitCode: 0,
  counts: countsOf(results),
  results,
  notRun: { cases: [], why: '' },
  findings: [],
  advice: [],
  ...change,
})
