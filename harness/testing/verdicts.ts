/** Verdicts for tests that need only some of their fields. */
import type { Evidence, RunVerdict, Verdict } from '../api/verdict.ts'

export const verdictOf = (change: Partial<Verdict> = {}): Verdict => ({
  checker: 'linearizability',
  status: 'invalid',
  promise: { text: 'read: linearizable', source: "etcd's documentation" },
  summary: 'Stale read.',
  evidence: [],
  details: {},
  ...change,
})

export const runVerdictOf = (verdicts: readonly Verdict[], change: Partial<RunVerdict> = {}): RunVerdict => ({
  status: verdicts.some(({ status }) => status === 'invalid') ? 'invalid' : 'valid',
  summary: verdicts[0]?.summary ?? '',
  outsideClaims: false,
  counts: { ok: 1, fail: 0, info: 0 },
  faults: { planned: 0, injected: 0, effective: 0 },
  verdicts,
  notes: [],
  impact: null,
  ...change,
})

export const evidenceOf = (operations: readonly number[], change: Partial<Evidence> = {}): Evidence => ({
  title: 'Key 4',
  text: 'p0 |-- read --|',
  operations,
  ...change,
})
