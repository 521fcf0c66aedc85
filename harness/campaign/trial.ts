/** What one repetition of a failing run says about a finding of that run. */
import type { Finding } from '../api/finding.ts'
import { type OutcomeName, outcomeOf, type RunEnd } from './outcome.ts'

/** The finding that is looked for. */
export type Wanted = Pick<Finding, 'fingerprint' | 'checker' | 'anomaly' | 'sentence' | 'excuse'>

/**
 * - `shown`: the same finding, by its fingerprint;
 * - `not shown`: the run was judged, its checker included, and did not find it;
 * - `nothing proved`: the run failed, tested too little, or its checker was undecided. Such a run counts neither as shown
 *   nor as not shown, so it is in no rate.
 */
export type TrialResult = 'shown' | 'not shown' | 'nothing proved'

/** A finding that is held against the cluster stays one only if it still is: fewer nodes tolerate fewer faults. */
const isSame = (finding: Finding, { fingerprint, excuse }: Wanted): boolean =>
  finding.fingerprint === fingerprint && (finding.excuse === null || excuse !== null)

const trialResultOf = (end: RunEnd, wanted: Wanted): TrialResult => {
  const { verdict, findings } = end
  if (verdict === null || findings === null) return 'nothing proved'
  if (findings.findings.some((finding) => isSame(finding, wanted))) return 'shown'
  const isUndecided = verdict.verdicts.some(
    ({ checker, status }) => checker === wanted.checker && status === 'unknown',
  )
  return isUndecided || verdict.status === 'unknown' ? 'nothing proved' : 'not shown'
}

/** A run that was repeated. */
export interface Repetition {
  /** What the run as a whole was, as in a suite. */
  readonly outcome: OutcomeName
  readonly why: string
  /** All its findings that are held against the cluster, and those that are looked for. */
  readonly findings: readonly Pick<Finding, 'fingerprint' | 'sentence' | 'firstAtNs'>[]
  /** By the fingerprint of each finding that is looked for. */
  readonly results: Readonly<Record<string, TrialResult>>
  /** Null: it left none. */
  readonly runDir: string | null
  readonly durationMs: number
}

export const repetitionOf = (
  end: RunEnd,
  wanted: readonly Wanted[],
  runDir: string | null,
  durationMs: number,
): Repetition => {
  const { name, why } = outcomeOf(end, [])
  const isKept = (finding: Finding): boolean =>
    finding.excuse === null || wanted.some((each) => isSame(finding, each))
  return {
    outcome: name,
    why,
    findings: (end.findings?.findings ?? [])
      .filter(isKept)
      .map(({ fingerprint, sentence, firstAtNs }) => ({ fingerprint, sentence, firstAtNs })),
    results: Object.fromEntries(wanted.map((each) => [each.fingerprint, trialResultOf(end, each)])),
    runDir,
    durationMs,
  }
}

/** When the finding was first proved in this run, in nanoseconds since its start. Null: it was not, or nobody knows when. */
export const firstEvidenceNs = ({ findings, results }: Repetition, fingerprint: string): number | null =>
  results[fingerprint] === 'shown'
    ? (findings.find((each) => each.fingerprint === fingerprint)?.firstAtNs ?? null)
    : null

/** Whether each run showed it, without those that proved nothing. */
export const shownIn = (repetitions: readonly Repetition[], fingerprint: string): readonly boolean[] =>
  repetitions.flatMap(({ results }) => {
    const result = results[fingerprint]
    return result === undefined || result === 'nothing proved' ? [] : [result === 'shown']
  })
