/** From a finding to a case: which failing runs of a campaign are repeated and made smaller afterwards, and what came of it. */
import { quantiles } from '../support/quantiles.ts'
import type { Known } from './memory.ts'
import { isFailure } from './outcome.ts'
import { rateOf } from './rate.ts'
import type { Repro, Reproduced } from './repro.ts'
import type { CaseResult, FailsAgain, FollowUp } from './result.ts'
import { firstEvidenceNs, type Repetition } from './trial.ts'

const hasFailed = ({ outcome, expected }: CaseResult): boolean =>
  (isFailure(outcome) && outcome !== 'missing') || (outcome === 'passed' && expected.length > 0)

/** The names of the cases that have failed, or have shown what is expected of them. */
export const foundIn = (results: readonly CaseResult[]): ReadonlySet<string> =>
  new Set(results.filter(hasFailed).map(({ name }) => name))

/**
 * The first run of each case that showed something new. Cases of one cluster that show the same are followed up once: they
 * have one cause, as a rule.
 *
 * @param known as it was before the campaign
 */
export const runsToFollow = (
  results: readonly CaseResult[],
  known: Known,
): readonly (CaseResult & { readonly runDir: string })[] => {
  const cases = new Set<string>()
  const seen = new Set<string>()
  return results.flatMap((result) => {
    const { name, choice, findings, runDir } = result
    const keys = findings
      .filter(({ fingerprint }) => known[fingerprint] === undefined)
      .map(({ fingerprint }) => JSON.stringify([choice.target, choice.bug, fingerprint]))
    const isNew = keys.some((key) => !seen.has(key)) && !cases.has(name)
    if (!isNew || runDir === null) return []
    cases.add(name)
    for (const key of keys) seen.add(key)
    return [{ ...result, runDir }]
  })
}

const evidenceOf = (repetition: Repetition): number | null => {
  const times = Object.keys(repetition.results).flatMap(
    (fingerprint) => firstEvidenceNs(repetition, fingerprint) ?? [],
  )
  return times.length === 0 ? null : Math.min(...times)
}

export const failsAgain = ({ repetitions }: Pick<Repro, 'repetitions'>): FailsAgain => {
  const has = ({ results }: Repetition, result: string): boolean =>
    Object.values(results).includes(result as never)
  const shown = repetitions.filter((each) => has(each, 'shown'))
  const nothingProved = repetitions.filter(
    (each) => !has(each, 'shown') && has(each, 'nothing proved'),
  ).length
  return {
    rate: rateOf(shown.length, repetitions.length - nothingProved),
    nothingProved,
    medianFirstEvidenceNs: quantiles(shown.flatMap((each) => evidenceOf(each) ?? [])).p50,
  }
}

/** Which finding a run that fails again is made smaller for, and how often a smaller case must show it, percent. */
export interface ShrinkTarget {
  readonly fingerprint: string
  readonly atLeast: number
}

/** A smaller case may show it somewhat less often than the run as recorded. */
const SHARE_OF_RATE = 0.75

/**
 * The finding that shows most often: each decision about it takes the fewest runs. Of several, the one whose evidence comes
 * first: the shortest runs show it.
 */
export const shrinkTarget = ({ findings }: Pick<Repro, 'findings'>): ShrinkTarget | 'never shows' => {
  const share = ({ rate }: Reproduced): number => (rate.runs === 0 ? 0 : rate.shown / rate.runs)
  const atNs = ({ medianFirstEvidenceNs }: Reproduced): number =>
    medianFirstEvidenceNs ?? Number.MAX_SAFE_INTEGER
  const most = findings.toSorted((a, b) => share(b) - share(a) || atNs(a) - atNs(b))[0]
  if (most === undefined || share(most) === 0) return 'never shows'
  return { fingerprint: most.fingerprint, atLeast: Math.ceil(100 * SHARE_OF_RATE * share(most)) }
}

/** What a campaign found of one case. */
export interface Hunted {
  readonly name: string
  readonly runs: number
  readonly failed: number
  /** What its runs took until the first that failed, or all of them, milliseconds. */
  readonly tookMs: number
  readonly followUp: FollowUp | null
}

/** Of each case, in the order in which they were run. */
export const huntedIn = (results: readonly CaseResult[], followUps: readonly FollowUp[]): readonly Hunted[] =>
  [...Map.groupBy(results, ({ name }) => name)].map(([name, runs]) => {
    const first = runs.findIndex(hasFailed)
    const until = first === -1 ? runs : runs.slice(0, first + 1)
    return {
      name,
      runs: runs.length,
      failed: runs.filter(hasFailed).length,
      tookMs: until.reduce((sum, { durationMs }) => sum + durationMs, 0),
      followUp: followUps.find((each) => each.name === name) ?? null,
    }
  })
