/** The trend of stored campaigns, as text and as rows that a page can show. */
import type { Figures } from '../../campaign/result.ts'
import {
  FEWEST_RUNS,
  MOST_CHANCE,
  MOST_P,
  type Sample,
  type TrendOfFigure,
  type TrendOfFinding,
} from '../../campaign/trend.ts'
import { formatDurationMs } from '../../support/time.ts'
import { clip, visible } from '../../support/visible.ts'
import type { Trends } from '../suite/stored-suites.ts'
import { MOST_CAMPAIGNS } from '../suite/stored-suites.ts'

const MOST_CHARACTERS = 300

const LABELS: Readonly<Record<keyof Figures, string>> = {
  availability: 'availability',
  recoveryMs: 'longest recovery',
  latencyP50Ms: 'latency of the slowest call, median',
  latencyP99Ms: 'latency of the slowest call, 99th percentile',
}

/** What is compared, and how. */
export const METHOD: readonly string[] = [
  `The last ${MOST_CAMPAIGNS} stored campaigns of each suite are read (suite.json).`,
  `A finding is gone if it did not show in so many runs of its cases that at its rate the chance of that is below ${MOST_CHANCE * 100} %.`,
  'Figures of a case are medians over its runs, whatever their seeds: of the last campaign, and of those that began in the seven days before it.',
  `A change is claimed from ${FEWEST_RUNS} runs on each side, if a rank test (Mann and Whitney) gives p < ${MOST_P}: of a hundred figures that did not change, one may be called changed.`,
]

const oneLine = (text: string): string => clip(visible(text).replace(/\s+/g, ' '), MOST_CHARACTERS)

const day = (time: string): string => time.slice(0, 10)

/** Such as `shown in 3 of 9 runs`. */
const rateOf = ({ shown, of, since }: TrendOfFinding): string =>
  `shown in ${shown} of ${of} runs${since === 0 ? '' : `, in none of ${since} since`}`

const shownValue = ({ median, runs }: Sample, figure: keyof Figures): string => {
  if (median === null) return 'none'
  const value = figure === 'availability' ? `${(median * 100).toFixed(1)} %` : formatDurationMs(median)
  return `${value} (${runs} ${runs === 1 ? 'run' : 'runs'})`
}

/** The cells of a finding: trend, when, rate, fingerprint, sentence. */
export const findingCells = (finding: TrendOfFinding): readonly string[] => [
  finding.trend,
  `${day(finding.firstSeen)} to ${day(finding.lastSeen)}`,
  rateOf(finding),
  finding.fingerprint,
  oneLine(finding.sentence),
]

/** The cells of a figure: case, figure, now, before, change. */
export const figureCells = ({
  case: name,
  figure,
  now,
  before,
  change,
}: TrendOfFigure): readonly string[] => [
  oneLine(name),
  LABELS[figure],
  shownValue(now, figure),
  shownValue(before, figure),
  change === 'too few' ? `too few runs (${FEWEST_RUNS} on each side are needed)` : change,
]

export const FINDING_HEAD = ['trend', 'seen', 'rate', 'fingerprint', 'finding'] as const
export const FIGURE_HEAD = ['case', 'figure', 'last campaign', 'week before', 'change'] as const

const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)))
  return rows.map((row) =>
    `  ${row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ')}`.trimEnd(),
  )
}

export const trendText = ({ suites, unread }: Trends): string => {
  const lines = suites.flatMap(({ suite, campaigns, last, findings, figures }) => [
    `${oneLine(suite)}: ${campaigns} ${campaigns === 1 ? 'campaign' : 'campaigns'}, the last of ${last.slice(0, 16)}`,
    '',
    ...(findings.length === 0 ? ['  no finding'] : columns([FINDING_HEAD, ...findings.map(findingCells)])),
    '',
    ...(figures.length === 0 ? ['  no figures'] : columns([FIGURE_HEAD, ...figures.map(figureCells)])),
    '',
  ])
  const notRead = unread.map((dir) => `${dir}: its suite.json cannot be read, and is left out.`)
  return `${[...lines, ...notRead, ...METHOD].join('\n')}\n`
}
