/** From findings to cases: of each case that failed, how soon, how often again, and how small it became. Text for any format. */
import { type Hunted, huntedIn } from '../../campaign/follow-up.ts'
import { type Rate, rateOf } from '../../campaign/rate.ts'
import type { FollowUp, SuiteResult } from '../../campaign/result.ts'
import { formatDurationMs, formatTimeNs } from '../../support/time.ts'
import { sizeOf } from '../repro/fails.ts'

export const CASE_COLUMNS = [
  'case',
  'failed in',
  'first after',
  'fails again in (95 % interval)',
  'evidence at',
  'faults',
  'smallest case',
  'which fails in',
  'again',
] as const

/** Of one case that failed: a cell for each column. The last is a command, or empty. */
export type CaseRow = readonly string[]

export interface CaseTable {
  readonly rows: readonly CaseRow[]
  /** What the table does not say, one sentence each. */
  readonly notes: readonly string[]
}

const NONE = '-'

const runs = ({ shown, runs: all }: Pick<Rate, 'shown' | 'runs'>): string => `${shown} of ${all}`

const percent = (share: number): string => String(Math.round(100 * share))

/** With its 95 % interval, such as `4 of 5 (38 to 96 %)`. */
const rateText = (rate: Rate): string =>
  rate.runs === 0 ? runs(rate) : `${runs(rate)} (${percent(rate.low)} to ${percent(rate.high)} %)`

const againCells = ({ again }: FollowUp): readonly string[] =>
  again === null
    ? [NONE, NONE]
    : [
        rateText(again.rate),
        again.medianFirstEvidenceNs === null ? NONE : formatTimeNs(again.medianFirstEvidenceNs),
      ]

const smallestCells = ({ smallest }: FollowUp): readonly string[] => {
  if (smallest === null) return [NONE, NONE, NONE, '']
  const { from, to, confirmed, decided, isFinished, command } = smallest
  const rate = confirmed.runs === 0 ? `${runs(decided)}, not confirmed` : runs(confirmed)
  return [
    `${from.faults.length} to ${to.faults.length}`,
    `${sizeOf(to)}${isFinished ? '' : ' (out of time)'}`,
    rate,
    command,
  ]
}

const rowOf = ({ name, runs: all, failed, tookMs, followUp }: Hunted): CaseRow => [
  name,
  runs(rateOf(failed, all)),
  formatDurationMs(tookMs),
  ...(followUp === null
    ? [NONE, NONE, NONE, NONE, NONE, '']
    : [...againCells(followUp), ...smallestCells(followUp)]),
]

const missedText = ({ name, runs: all, tookMs }: Hunted): string =>
  `${name} (${all} ${all === 1 ? 'run' : 'runs'}, ${formatDurationMs(tookMs)})`

/** Null: failing runs were not to be followed up. */
export const caseTableOf = ({ results, followUps }: SuiteResult): CaseTable | null => {
  if (followUps === undefined) return null
  const hunted = huntedIn(results, followUps)
  const missed = hunted.filter(({ failed }) => failed === 0)
  const found = hunted.length - missed.length
  return {
    rows: hunted.filter(({ failed }) => failed > 0).map(rowOf),
    notes: [
      `${found} of ${hunted.length} cases failed.${missed.length === 0 ? '' : ` Not these: ${missed.map(missedText).join(', ')}.`}`,
      ...followUps.flatMap(({ name, problems }) => problems.map((problem) => `${name}: ${problem}`)),
    ],
  }
}
