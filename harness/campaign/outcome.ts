/** What became of the runs of a campaign: seven kinds, of which one is good. */
import type { Finding, Findings } from '../api/finding.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import type { Case } from './cases.ts'

/**
 * - `violation`: a promise was broken that is held against the cluster;
 * - `missing`: the finding that the suite expects of this case did not show;
 * - `not recovered`: the cluster did not come back after the last heal, and broke no other promise;
 * - `harness fault`: faultline could not do its work;
 * - `target set-up`: the cluster did not start, or its set-up failed;
 * - `undecided`: something could not be proved; `vacuous`: the run tested too little to prove anything;
 * - `passed`: valid, or the expected finding and no other.
 */
export const OUTCOMES = [
  'violation',
  'missing',
  'not recovered',
  'harness fault',
  'target set-up',
  'undecided',
  'vacuous',
  'passed',
] as const
export type OutcomeName = (typeof OUTCOMES)[number]

/** Whether it says that something is wrong with the cluster, or with what the suite expects of it; else nothing is proved. */
export const isFailure = (name: OutcomeName): boolean =>
  name === 'violation' || name === 'missing' || name === 'not recovered'

/** The exit code of a suite is that of its worst outcome, by the order of `OUTCOMES`. */
const EXIT_CODE: Readonly<Record<OutcomeName, number>> = {
  violation: EXIT_CODES.invalid,
  missing: EXIT_CODES.missing,
  'not recovered': EXIT_CODES.notRecovered,
  'harness fault': EXIT_CODES.harnessFailed,
  'target set-up': EXIT_CODES.targetFailed,
  undecided: EXIT_CODES.unknown,
  vacuous: EXIT_CODES.vacuous,
  passed: EXIT_CODES.valid,
}

/** How the process of a run ended. */
export interface RunEnd {
  /** Null: it was killed. */
  readonly exitCode: number | null
  /** Null: there is none. */
  readonly verdict: RunVerdict | null
  readonly findings: Findings | null
  /** The last lines that it wrote to standard error. */
  readonly lastWords: string
}

/** What a campaign keeps of a finding. */
export type CampaignFinding = Pick<Finding, 'fingerprint' | 'sentence'>

export interface Outcome {
  readonly name: OutcomeName
  /** One sentence that says why. */
  readonly why: string
  /** Those that are held against the cluster and were not expected. */
  readonly findings: readonly CampaignFinding[]
}

/** The name of the checker whose verdict alone does not make a run a violation. */
const RECOVERY = 'recovery'

/** The last sentence that says why: faultline's own, but not that the run could not be carried out. */
const reasonIn = (text: string): string => {
  const lines = text.trim().split('\n')
  const own = lines.filter((line) => /^faultline: (?!The run could not be carried out)/.test(line))
  return (own.at(-1) ?? lines.at(-1) ?? '').replace(/^faultline: /, '')
}

const withoutVerdict = ({ exitCode, lastWords }: RunEnd): Outcome => {
  const name = exitCode === EXIT_CODES.targetFailed ? 'target set-up' : 'harness fault'
  const why = reasonIn(lastWords)
  const how = exitCode === null ? 'it was killed' : `it ended with exit code ${exitCode} and said nothing`
  return { name, why: why === '' ? how : why, findings: [] }
}

const undecided = ({ summary }: RunVerdict, headline: string): Outcome => ({
  name: summary.includes('Vacuous: ') ? 'vacuous' : 'undecided',
  why: headline,
  findings: [],
})

/** @param expected what it must show; empty: it must be valid */
export const outcomeOf = (end: RunEnd, expected: Case['expected']): Outcome => {
  const { verdict, findings } = end
  if (verdict === null) return withoutVerdict(end)
  const headline = findings?.headline ?? verdict.summary
  const held = (findings?.findings ?? []).filter(({ excuse }) => excuse === null)
  const isExpected = ({ fingerprint, anomaly, checker }: Finding): boolean =>
    ['any', fingerprint, anomaly, checker].some((name) => expected.includes(name))
  const others = held.filter((finding) => !isExpected(finding))
  if (others.length > 0)
    return {
      name: others.every(({ checker }) => checker === RECOVERY) ? 'not recovered' : 'violation',
      why: others[0]?.sentence ?? headline,
      findings: others.map(({ fingerprint, sentence }) => ({ fingerprint, sentence })),
    }
  if (verdict.status === 'invalid')
    return { name: held.length > 0 ? 'passed' : 'violation', why: headline, findings: [] }
  // What the claims do not rule out is not held against the cluster, and shows all the same.
  if (findings?.findings.some(isExpected) === true) return { name: 'passed', why: headline, findings: [] }
  if (expected.length > 0)
    return {
      name: 'missing',
      why: `The expected finding (${expected.join(', ')}) did not show. ${headline}`,
      findings: [],
    }
  if (verdict.status === 'unknown') return undecided(verdict, headline)
  return { name: 'passed', why: headline, findings: [] }
}

/** Without any run, nothing is proved. */
export const exitCodeOf = (names: readonly OutcomeName[]): number =>
  EXIT_CODE[OUTCOMES.find((name) => names.includes(name)) ?? 'undecided']
