/** What became of known bugs: each is run in the affected version and, as a control, in one that must not have it. */
import type { KnownBug } from '../api/corpus.ts'
import type { Finding, Findings } from '../api/finding.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import { quantiles } from '../support/quantiles.ts'
import type { Case } from './cases.ts'
import type { OutcomeName } from './outcome.ts'
import type { CaseResult } from './result.ts'

const CONTROL = 'control'

/**
 * The affected version and the control with each seed. The first seed of everything comes before the second of anything.
 *
 * @param withControls whether the controls are run
 */
export const corpusCases = (
  bugs: readonly KnownBug[],
  seeds: readonly number[],
  withControls: boolean,
): readonly Case[] =>
  seeds.flatMap((seed) =>
    bugs.flatMap(({ id, run, control, finds }) => [
      { name: id, choice: run, seed, expected: finds },
      ...(withControls && control !== null
        ? [{ name: `${id} ${CONTROL}`, choice: { ...run, ...control }, seed, expected: [] }]
        : []),
    ]),
  )

/** A run that ended, with its findings. Null: it left none. */
export interface CorpusRun {
  readonly result: CaseResult
  readonly findings: Findings | null
}

/**
 * - `found again`: in at least three of five seeds, and never in the version that has it mended;
 * - `reproduced`: as often, and no version is known to have it mended;
 * - `demonstrated`: as often, as documented, and never with the option that cures it;
 * - `without control`: as often, and the controls were not run;
 * - `seldom`: less often, and `not found`: never;
 * - `control failed`: the version that has it mended was not shown to be valid in each run, so nothing is proved.
 */
export type CorpusOutcome =
  | 'found again'
  | 'reproduced'
  | 'demonstrated'
  | 'without control'
  | 'seldom'
  | 'not found'
  | 'control failed'

/** What became of one known bug. */
export interface CorpusRow {
  readonly bug: KnownBug
  readonly outcome: CorpusOutcome
  /** The runs of the affected version that showed it. */
  readonly found: number
  readonly runs: number
  /** Median of the runs that showed it, nanoseconds since their start. Null: none did, or nobody knows when. */
  readonly firstEvidenceNs: number | null
  /** Outcomes of the runs of the affected version that did not show it. */
  readonly others: readonly OutcomeName[]
  /** Outcomes of the controls: they must have passed. */
  readonly controls: readonly OutcomeName[]
}

/** The share of the seeds in which it must show. */
const OFTEN = 3 / 5

const isNamed = ({ finds }: KnownBug, { fingerprint, anomaly, checker }: Finding): boolean =>
  [fingerprint, anomaly, checker].some((name) => finds.includes(name))

/** What is documented breaks no claim: it shows, and is not held against the cluster. */
const shownBy = (bug: KnownBug, { findings }: CorpusRun): readonly Finding[] =>
  (findings?.findings ?? [])
    .filter(({ excuse }) => excuse === null || bug.kind === 'by design')
    .filter((finding) => isNamed(bug, finding))

const outcomeOf = (
  bug: KnownBug,
  { found, runs, controls }: Pick<CorpusRow, 'found' | 'runs' | 'controls'>,
): CorpusOutcome => {
  if (found === 0) return 'not found'
  if (controls.some((outcome) => outcome !== 'passed')) return 'control failed'
  if (found < OFTEN * runs) return 'seldom'
  if (bug.control === null) return 'reproduced'
  if (controls.length === 0) return 'without control'
  return bug.kind === 'bug' ? 'found again' : 'demonstrated'
}

const rowOf = (bug: KnownBug, all: readonly CorpusRun[]): CorpusRow => {
  const runs = all.filter(({ result }) => result.name === bug.id)
  const shown = runs.map((run) => shownBy(bug, run)).filter((findings) => findings.length > 0)
  const times = shown.map((findings) =>
    findings.map(({ firstAtNs }) => firstAtNs ?? Number.POSITIVE_INFINITY),
  )
  const firsts = times.map((each) => Math.min(...each)).filter(Number.isFinite)
  const counts = {
    found: shown.length,
    runs: runs.length,
    controls: all
      .filter(({ result }) => result.name === `${bug.id} ${CONTROL}`)
      .map(({ result }) => result.outcome),
  }
  return {
    bug,
    ...counts,
    outcome: outcomeOf(bug, counts),
    firstEvidenceNs: quantiles(firsts).p50,
    others: runs.filter((run) => shownBy(bug, run).length === 0).map(({ result }) => result.outcome),
  }
}

/** One for each bug of which a run of the affected version has ended. */
export const corpusRows = (bugs: readonly KnownBug[], runs: readonly CorpusRun[]): readonly CorpusRow[] =>
  bugs.map((bug) => rowOf(bug, runs)).filter((row) => row.runs > 0)

/** As that of a suite: a control that failed counts most, then a bug that was not found. */
export const corpusExitCode = (rows: readonly CorpusRow[]): number => {
  const outcomes = rows.map(({ outcome }) => outcome)
  if (outcomes.length === 0) return EXIT_CODES.unknown
  if (outcomes.includes('control failed')) return EXIT_CODES.invalid
  return outcomes.some((outcome) => outcome === 'not found' || outcome === 'seldom')
    ? EXIT_CODES.missing
    : EXIT_CODES.valid
}
