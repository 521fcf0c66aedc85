/** The audit card of a target: what was shown of its claims, and two numbers with the runs behind them. */
import type { Claims } from '../api/claims.ts'
import type { Answers } from './answers.ts'
import { type ClaimResult, claimResults } from './claims.ts'
import { type Dimension, type DimensionName, dimensionsOf, WEIGHTS } from './dimensions.ts'
import type { AuditedRun } from './run.ts'
import { type Strength, strongestThatDidNot, weakestThatBroke } from './strength.ts'

export type Grade = 'strong' | 'usable, with review' | 'partial' | 'high risk'

export interface AuditCard {
  readonly target: string
  readonly claims: readonly ClaimResult[]
  readonly dimensions: readonly Dimension[]
  /** 100 times the weighted sum of the dimensions. */
  readonly score: number
  /** 100 times what is missing on average in those that a failure comes from. */
  readonly risk: number
  readonly grade: Grade
  /** Of the faults with which a run broke something; null: none did. */
  readonly weakestThatBroke: { readonly strength: Strength; readonly run: string } | null
  readonly strongestThatDidNot: { readonly strength: Strength; readonly run: string } | null
  readonly answers: Answers
  readonly runs: readonly string[]
}

const AT_RISK = [
  'agreement',
  'quorum design',
  'failure model',
  'leader election',
  'partition behaviour',
  'retries',
  'observability',
  'recovery',
  'governance',
] as const satisfies readonly DimensionName[]

export const scoreOf = (values: Readonly<Record<DimensionName, number>>): number =>
  100 *
  Object.entries(WEIGHTS).reduce((sum, [name, weight]) => sum + weight * values[name as DimensionName], 0)

export const riskOf = (values: Readonly<Record<DimensionName, number>>): number =>
  (100 * AT_RISK.reduce((sum, name) => sum + 1 - values[name], 0)) / AT_RISK.length

export const gradeOf = (score: number, risk: number): Grade => {
  if (score >= 84 && risk <= 20) return 'strong'
  if (score >= 70 && risk <= 35) return 'usable, with review'
  return risk >= 55 ? 'high risk' : 'partial'
}

const asTold = (extreme: ReturnType<typeof weakestThatBroke>): AuditCard['weakestThatBroke'] =>
  extreme === null ? null : { strength: extreme.strength, run: extreme.run.dir }

/** @param all stored runs of the target; those that were judged by `--expect` say nothing about its claims */
export const auditCard = (
  target: string,
  all: readonly AuditedRun[],
  claims: Claims,
  answers: Answers,
): AuditCard => {
  const runs = all.filter(({ isExpected }) => !isExpected)
  const dimensions = dimensionsOf({ runs, claims, answers })
  const values = Object.fromEntries(dimensions.map(({ name, value }) => [name, value])) as Record<
    DimensionName,
    number
  >
  const [score, risk] = [scoreOf(values), riskOf(values)]
  return {
    target,
    claims: claimResults(runs, claims),
    dimensions,
    score,
    risk,
    grade: gradeOf(score, risk),
    weakestThatBroke: asTold(weakestThatBroke(all)),
    strongestThatDidNot: asTold(strongestThatDidNot(all)),
    answers,
    runs: runs.map(({ dir }) => dir),
  }
}
