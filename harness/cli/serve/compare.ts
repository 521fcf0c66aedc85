/** Two runs side by side: what is found in one only, and how they differ. Pure. */
import type { Finding } from '../../api/finding.ts'
import type { RunRecord } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import { quantile } from '../../support/quantiles.ts'
import { formatDurationMs, NS_PER_MS } from '../../support/time.ts'

export interface ComparedRun {
  readonly record: RunRecord
  readonly verdict: RunVerdict
  readonly findings: readonly Finding[]
}

export interface Difference {
  readonly what: string
  readonly before: string
  readonly now: string
}

export interface Comparison {
  /** Findings that only the later run has, those of both, and those that only the earlier one has: by fingerprint. */
  readonly appeared: readonly Finding[]
  readonly stayed: readonly Finding[]
  readonly gone: readonly Finding[]
  readonly figures: readonly Difference[]
  /** What they were started with, as far as it differs. */
  readonly settings: readonly Difference[]
}

const latencyOf = ({ pairs }: RunRecord, q: number): string => {
  const sorted = pairs
    .flatMap(({ invocation, completion }) =>
      completion?.type === 'ok' ? [(completion.timeNs - invocation.timeNs) / NS_PER_MS] : [],
    )
    .sort((a, b) => a - b)
  const value = quantile(sorted, q)
  return value === null ? 'none' : `${value.toFixed(2)} ms`
}

const worstOf = (times: readonly (number | null)[]): string => {
  const known = times.filter((ms) => ms !== null)
  return known.length === 0 ? 'not seen' : formatDurationMs(Math.max(...known))
}

const FIGURES: readonly (readonly [string, (run: ComparedRun) => string])[] = [
  ['verdict', ({ verdict }) => verdict.status],
  ['ok operations', ({ verdict }) => String(verdict.counts.ok)],
  ['fail', ({ verdict }) => String(verdict.counts.fail)],
  ['in doubt', ({ verdict }) => String(verdict.counts.info)],
  ['faults effective', ({ verdict: { faults } }) => `${faults.effective} of ${faults.planned}`],
  ['latency of ok, median', ({ record }) => latencyOf(record, 0.5)],
  ['latency of ok, 99th percentile', ({ record }) => latencyOf(record, 0.99)],
  [
    'longest time without an ok',
    ({ verdict: { impact } }) => worstOf(Object.values(impact?.longestUnavailabilityMs ?? {})),
  ],
  [
    'longest until the first ok after a heal',
    ({ verdict: { impact } }) => worstOf((impact?.recoveries ?? []).map(({ firstOkMs }) => firstOkMs)),
  ],
  [
    'longest until all nodes were ready after a heal',
    ({ verdict: { impact } }) => worstOf((impact?.recoveries ?? []).map(({ readyMs }) => readyMs)),
  ],
  [
    'recovery at the end',
    ({ record }) => {
      const recovery = record.facts?.recovery
      return recovery === null || recovery === undefined
        ? 'not observed'
        : worstOf([recovery.recoveredAfterMs])
    },
  ],
]

/** Nested values by their path: `targetOptions.nodes` -> `5`. */
const flat = (value: unknown, at = ''): readonly (readonly [string, string])[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => flat(inner, at === '' ? name : `${at}.${name}`))
    : [[at, typeof value === 'string' ? value : (JSON.stringify(value) ?? '')]]

/** Its folder and its number say nothing about a run. */
const IGNORED = new Set(['runId', 'schema'])

const settingsOf = ({ record: { spec, facts, faultline } }: ComparedRun): ReadonlyMap<string, string> =>
  new Map([
    ['faultline', faultline ?? 'unknown'],
    ...flat({ ...spec, versions: facts?.versions ?? {} }).filter(([name]) => !IGNORED.has(name)),
  ])

const differing = (before: ComparedRun, now: ComparedRun): readonly Difference[] => {
  const [old, young] = [settingsOf(before), settingsOf(now)]
  return [...new Set([...old.keys(), ...young.keys()])].flatMap((what) => {
    const [a, b] = [old.get(what) ?? 'absent', young.get(what) ?? 'absent']
    return a === b ? [] : [{ what, before: a, now: b }]
  })
}

const fingerprints = ({ findings }: ComparedRun): ReadonlySet<string> =>
  new Set(findings.map(({ fingerprint }) => fingerprint))

export const compare = (before: ComparedRun, now: ComparedRun): Comparison => {
  const [old, young] = [fingerprints(before), fingerprints(now)]
  return {
    appeared: now.findings.filter(({ fingerprint }) => !old.has(fingerprint)),
    stayed: now.findings.filter(({ fingerprint }) => old.has(fingerprint)),
    gone: before.findings.filter(({ fingerprint }) => !young.has(fingerprint)),
    figures: FIGURES.map(([what, of]) => ({ what, before: of(before), now: of(now) })),
    settings: differing(before, now),
  }
}
