/** Two runs side by side: what is found in one only, and how they differ. Pure. */

import type { Finding } from '../../api/finding.ts'
import type { RunFacts, RunSpec } from '../../api/record.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import { callLatencies } from '../../campaign/figures.ts'
import { formatDurationMs } from '../../support/time.ts'

/** What the small files of a run tell. */
export interface ComparedRun {
  readonly faultline: string
  readonly spec: RunSpec
  /** Null: the run has no end. */
  readonly facts: RunFacts | null
  readonly verdict: RunVerdict
  /** Null: they are not known. */
  readonly findings: readonly Finding[] | null
}

export interface Difference {
  readonly what: string
  readonly before: string
  readonly now: string
}

interface ComparedFindings {
  /** Those that only the later run has, those of both, and those that only the earlier one has. */
  readonly appeared: readonly Finding[]
  readonly stayed: readonly Finding[]
  readonly gone: readonly Finding[]
}

export interface Comparison {
  /** By fingerprint. Null: those of one of the runs are not known. */
  readonly findings: ComparedFindings | null
  readonly figures: readonly Difference[]
  /** What they were started with, as far as it differs. */
  readonly settings: readonly Difference[]
}

/** Of the calls together the history alone would tell: each by itself is in the verdict. */
const latencies = ({ verdict }: ComparedRun): ReadonlyMap<string, string> =>
  new Map(
    [...callLatencies(verdict)].flatMap(([call, { p50, p99 }]) => [
      [`latency of ok, ${call}, median`, millisecondsOf(p50)] as const,
      [`latency of ok, ${call}, 99th percentile`, millisecondsOf(p99)] as const,
    ]),
  )

const millisecondsOf = (ms: number | null): string => (ms === null ? 'none' : `${ms.toFixed(2)} ms`)

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
    ({ facts }) => {
      const recovery = facts?.recovery
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

const settingsOf = ({ spec, facts, faultline }: ComparedRun): ReadonlyMap<string, string> =>
  new Map([
    ['faultline', faultline],
    ...flat({ ...spec, versions: facts?.versions ?? {} }).filter(([name]) => !IGNORED.has(name)),
  ])

/** The names of both, those of the later one behind. */
const namesIn = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): readonly string[] => [
  ...new Set([...a.keys(), ...b.keys()]),
]

const differing = (before: ComparedRun, now: ComparedRun): readonly Difference[] => {
  const [old, young] = [settingsOf(before), settingsOf(now)]
  return namesIn(old, young).flatMap((what) => {
    const [a, b] = [old.get(what) ?? 'absent', young.get(what) ?? 'absent']
    return a === b ? [] : [{ what, before: a, now: b }]
  })
}

const compareFindings = (
  before: readonly Finding[] | null,
  now: readonly Finding[] | null,
): ComparedFindings | null => {
  if (before === null || now === null) return null
  const prints = (findings: readonly Finding[]): ReadonlySet<string> =>
    new Set(findings.map(({ fingerprint }) => fingerprint))
  const [old, young] = [prints(before), prints(now)]
  return {
    appeared: now.filter(({ fingerprint }) => !old.has(fingerprint)),
    stayed: now.filter(({ fingerprint }) => old.has(fingerprint)),
    gone: before.filter(({ fingerprint }) => !young.has(fingerprint)),
  }
}

const compareLatencies = (before: ComparedRun, now: ComparedRun): readonly Difference[] => {
  const [old, young] = [latencies(before), latencies(now)]
  return namesIn(old, young).map((what) => ({
    what,
    before: old.get(what) ?? 'none',
    now: young.get(what) ?? 'none',
  }))
}

export const compare = (before: ComparedRun, now: ComparedRun): Comparison => ({
  findings: compareFindings(before.findings, now.findings),
  figures: [
    ...FIGURES.map(([what, of]) => ({ what, before: of(before), now: of(now) })),
    ...compareLatencies(before, now),
  ],
  settings: differing(before, now),
})
