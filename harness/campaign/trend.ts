/** What changes from campaign to campaign of one suite: findings, and what clients saw of each case. */
import { quantile } from '../support/quantiles.ts'
import type { CampaignFinding } from './outcome.ts'
import { rankTest } from './rank-test.ts'
import type { CaseResult, Figures, SuiteResult } from './result.ts'

/**
 * - `new`: the last campaign saw it, and none before;
 * - `steady`: each run of its cases has shown it since it was first seen; `flaky`: not each;
 * - `gone`: so many runs of its cases have not shown it since that at its rate this was unlikely (below `MOST_CHANCE`);
 * - `not looked for`: no run of its cases was decided since it was last seen.
 */
export type FindingTrend = 'new' | 'steady' | 'flaky' | 'gone' | 'not looked for'

export interface TrendOfFinding extends CampaignFinding {
  readonly trend: FindingTrend
  /** When campaigns that saw it began (ISO 8601). */
  readonly firstSeen: string
  readonly lastSeen: string
  /** Of the runs of its cases from the first to the last that showed it: how many did, of how many. */
  readonly shown: number
  readonly of: number
  /** How many runs of its cases have not shown it since. */
  readonly since: number
  /** The cases that showed it. */
  readonly cases: readonly string[]
}

/** Of one figure of one case: the medians of the last campaign and of the week before it. */
export interface TrendOfFigure {
  readonly case: string
  readonly figure: keyof Figures
  readonly now: Sample
  readonly before: Sample
  /** `too few`: one side has fewer than `FEWEST_RUNS`, so nothing is claimed. */
  readonly change: 'better' | 'worse' | 'none shown' | 'too few'
}

export interface Sample {
  readonly runs: number
  /** Null: no run has it. */
  readonly median: number | null
}

export interface Trend {
  readonly suite: string
  readonly campaigns: number
  /** When the last one began. */
  readonly last: string
  readonly findings: readonly TrendOfFinding[]
  readonly figures: readonly TrendOfFigure[]
}

/** On each side, for a claim about a figure. */
export const FEWEST_RUNS = 5
/** A change of a figure is claimed if chance alone makes one as large less often than this. */
export const MOST_P = 0.01
export const MOST_CHANCE = 0.05
const WEEK_MS = 7 * 24 * 3_600_000

const IS_BETTER_HIGHER: Readonly<Record<keyof Figures, boolean>> = {
  availability: true,
  recoveryMs: false,
  latencyP50Ms: false,
  latencyP99Ms: false,
}

interface Run {
  readonly startedAt: string
  readonly isLast: boolean
  readonly result: CaseResult
}

/** A run that proved nothing can neither show that a finding is there nor that it is gone. */
const isDecided = ({ result: { outcome, findings } }: Run): boolean =>
  outcome === 'passed' || outcome === 'missing' || findings.length > 0

const hasIn = ({ result }: Run, fingerprint: string): boolean =>
  result.findings.some((finding) => finding.fingerprint === fingerprint)

/**
 * The chance that it would not have shown in `since` runs: its rate is that seen, with one run more that did not show it,
 * since a finding that was seen once need not show every time.
 */
const chanceOfSilence = (shown: number, of: number, since: number): number => (1 - shown / (of + 1)) ** since

const trendOf = (
  shown: number,
  of: number,
  since: number,
  isNew: boolean,
  isInLast: boolean,
): FindingTrend => {
  if (isNew) return 'new'
  if (isInLast) return shown === of ? 'steady' : 'flaky'
  if (since === 0) return 'not looked for'
  return chanceOfSilence(shown, of, since) < MOST_CHANCE ? 'gone' : 'flaky'
}

/** @param runs of all campaigns, the earliest first */
const findingTrend = (fingerprint: string, runs: readonly Run[]): TrendOfFinding => {
  const showing = runs.filter((run) => hasIn(run, fingerprint))
  const cases = [...new Set(showing.map(({ result }) => result.name))]
  const relevant = runs.filter((run) => cases.includes(run.result.name) && isDecided(run))
  const shows = relevant.map((run) => hasIn(run, fingerprint))
  const [from, to] = [shows.indexOf(true), shows.lastIndexOf(true)]
  const [first, last] = [showing[0] as Run, showing.at(-1) as Run]
  const of = to - from + 1
  // Runs of the last campaign that do not show it count, although others of it do.
  const since = relevant.length - 1 - to
  const isNew = showing.every(({ isLast }) => isLast)
  const until = last.isLast ? of + since : of
  return {
    fingerprint,
    sentence: last.result.findings.find((finding) => finding.fingerprint === fingerprint)?.sentence ?? '',
    trend: trendOf(showing.length, until, since, isNew, last.isLast),
    firstSeen: first.startedAt,
    lastSeen: last.startedAt,
    shown: showing.length,
    of: until,
    since: last.isLast ? 0 : since,
    cases,
  }
}

const valuesOf = (runs: readonly Run[], figure: keyof Figures): readonly number[] =>
  runs.flatMap(({ result }) => result.figures?.[figure] ?? [])

const sampleOf = (values: readonly number[]): Sample => ({
  runs: values.length,
  median: quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  ),
})

const changeOf = (
  before: readonly number[],
  now: readonly number[],
  figure: keyof Figures,
): TrendOfFigure['change'] => {
  if (before.length < FEWEST_RUNS || now.length < FEWEST_RUNS) return 'too few'
  const [old, young] = [sampleOf(before).median as number, sampleOf(now).median as number]
  if (rankTest(before, now) >= MOST_P || old === young) return 'none shown'
  return young > old === IS_BETTER_HIGHER[figure] ? 'better' : 'worse'
}

const figureTrends = (runs: readonly Run[], lastMs: number): readonly TrendOfFigure[] => {
  const isInWeek = ({ startedAt, isLast }: Run): boolean =>
    !isLast && lastMs - Date.parse(startedAt) <= WEEK_MS
  const last = Map.groupBy(
    runs.filter(({ isLast }) => isLast),
    ({ result }) => result.name,
  )
  return [...last].flatMap(([name, those]) => {
    const earlier = runs.filter((run) => run.result.name === name && isInWeek(run))
    return (Object.keys(IS_BETTER_HIGHER) as (keyof Figures)[]).flatMap((figure) => {
      const [before, now] = [valuesOf(earlier, figure), valuesOf(those, figure)]
      if (now.length === 0) return []
      const change = changeOf(before, now, figure)
      return [{ case: name, figure, now: sampleOf(now), before: sampleOf(before), change }]
    })
  })
}

const ORDER: readonly FindingTrend[] = ['new', 'steady', 'flaky', 'gone', 'not looked for']

/** @param campaigns of one suite, at least one */
export const trendOfSuite = (campaigns: readonly SuiteResult[]): Trend => {
  const sorted = campaigns.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt))
  const last = sorted.at(-1) as SuiteResult
  const runs = sorted.flatMap(({ startedAt, results }, at) =>
    results.map((result) => ({ startedAt, isLast: at === sorted.length - 1, result })),
  )
  const fingerprints = new Set(
    runs.flatMap(({ result }) => result.findings.map(({ fingerprint }) => fingerprint)),
  )
  return {
    suite: last.suite,
    campaigns: sorted.length,
    last: last.startedAt,
    findings: [...fingerprints]
      .map((fingerprint) => findingTrend(fingerprint, runs))
      .toSorted((a, b) => ORDER.indexOf(a.trend) - ORDER.indexOf(b.trend)),
    figures: figureTrends(runs, Date.parse(last.startedAt)),
  }
}
