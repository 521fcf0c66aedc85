/** The shards of one campaign, put together: what one machine would have left, and what is missing. */
import { UserError } from '../support/assert.ts'
import { adviceOf } from './advice.ts'
import { exitCodeOf, type OutcomeName } from './outcome.ts'
import { type CaseResult, countsOf, keyOf, type SeenFinding, type SuiteResult } from './result.ts'

/** What one shard left. */
export interface Shard {
  /** Its folder, for messages. */
  readonly folder: string
  /** The version of faultline that ran it. */
  readonly faultline: string
  /** Such as `2/5`. Null: not known. */
  readonly shard: string | null
  /** False: it was interrupted, and its results are those of the runs that ended. */
  readonly hasEnded: boolean
  readonly result: Omit<SuiteResult, 'exitCode' | 'counts'>
}

const requireOneSuite = (shards: readonly Shard[]): string => {
  const [first] = shards
  if (first === undefined) throw new UserError('There is nothing to merge.')
  const other = shards.find(({ result }) => result.suite !== first.result.suite)
  if (other !== undefined)
    throw new UserError(
      `These are different suites, and are not merged: ${first.result.suite} in ${first.folder}, ${other.result.suite} in ${other.folder}.`,
    )
  return first.result.suite
}

const requireNoneTwice = (shards: readonly Shard[]): void => {
  const seen = new Map<string, string>()
  for (const { folder, result } of shards)
    for (const key of [...result.results.map(keyOf), ...result.notRun.cases]) {
      const before = seen.get(key)
      if (before !== undefined)
        throw new UserError(
          `The same case is in two shards: ${key}, in ${before} and in ${folder}. Shards of one campaign have other cases each (--shard 1/2 and --shard 2/2); leave one of these folders out.`,
        )
      seen.set(key, folder)
    }
}

/** Of `2/5`: 2 and 5. */
const partsOf = (shard: string): readonly number[] => shard.split('/').map(Number)

/** Shards of which nothing was given, such as `3/5`. @throws UserError if the shards are of different divisions */
const missingShards = (shards: readonly Shard[]): readonly string[] => {
  const told = shards.flatMap(({ shard }) => (shard === null ? [] : [shard]))
  const counts = new Set(told.map((shard) => partsOf(shard)[1] as number))
  if (counts.size > 1)
    throw new UserError(
      `These shards are parts of different divisions: ${told.join(', ')}. Merge those of one campaign.`,
    )
  const [count = 0] = counts
  return Array.from({ length: count }, (_, at) => `${at + 1}/${count}`).filter((each) => !told.includes(each))
}

const earliest = (times: readonly string[]): string => times.toSorted()[0] ?? ''

/** A finding is known if any shard knew it: their memories may differ. */
const mergedFindings = (shards: readonly Shard[]): readonly SeenFinding[] => {
  const all = shards.flatMap(({ result }) => result.findings)
  return [...Map.groupBy(all, ({ fingerprint }) => fingerprint)]
    .map(([fingerprint, same]) => {
      const since = same.flatMap(({ knownSince }) => knownSince ?? [])
      return {
        fingerprint,
        sentence: same[0]?.sentence ?? '',
        runs: same.flatMap(({ runs }) => runs),
        knownSince: since.length === 0 ? null : earliest(since),
      }
    })
    .toSorted((a, b) => Number(a.knownSince !== null) - Number(b.knownSince !== null))
}

/** What all shards say of their own runs holds for all runs. */
const mergedAdvice = (shards: readonly Shard[], results: readonly CaseResult[]): readonly string[] => {
  const [first = [], ...others] = shards.filter(({ hasEnded }) => hasEnded).map(({ result }) => result.advice)
  const common = first.filter((line) => others.every((advice) => advice.includes(line)))
  return [...new Set([...adviceOf(results, []), ...common])]
}

/** Each shard followed up its own findings. */
const followUpsOf = (shards: readonly Shard[]): Pick<SuiteResult, 'followUps'> => {
  const asked = shards.flatMap(({ result }) => (result.followUps === undefined ? [] : [result.followUps]))
  return asked.length === 0 ? {} : { followUps: asked.flat() }
}

const notesOn = (shards: readonly Shard[], missing: readonly string[]): readonly string[] => {
  const versions = [...Map.groupBy(shards, ({ faultline }) => faultline)]
  const notEnded = shards.filter(({ hasEnded }) => !hasEnded)
  return [
    ...missing.map((shard) => `Nothing was given of shard ${shard}: its cases are not in these results.`),
    ...notEnded.map(
      ({ folder, result }) =>
        `The shard in ${folder} did not end: ${result.notRun.cases.length} of its cases were not run.`,
    ),
    ...(versions.length < 2
      ? []
      : [
          `The shards were run by different versions of faultline: ${versions.map(([version, those]) => `${version} (${those.map(({ folder }) => folder).join(', ')})`).join('; ')}.`,
        ]),
  ]
}

/**
 * What is missing counts as a fault of the harness: a shard of which nothing is known is no pass.
 *
 * @throws UserError where two shards have one case, or are not of one suite
 */
export const mergeShards = (shards: readonly Shard[]): SuiteResult => {
  const suite = requireOneSuite(shards)
  requireNoneTwice(shards)
  const missing = missingShards(shards)
  const results = shards.flatMap(({ result }) => result.results)
  const outcomes = results.map(({ outcome }) => outcome)
  const isIncomplete = missing.length > 0 || shards.some(({ hasEnded }) => !hasEnded)
  const incomplete: readonly OutcomeName[] = isIncomplete ? ['harness fault'] : []
  const notes = [...shards.flatMap(({ result }) => result.notes ?? []), ...notesOn(shards, missing)]
  return {
    suite,
    startedAt: earliest(shards.map(({ result }) => result.startedAt)),
    endedAt:
      shards
        .map(({ result }) => result.endedAt)
        .toSorted()
        .at(-1) ?? '',
    exitCode: exitCodeOf([...outcomes, ...incomplete]),
    counts: countsOf(results),
    results,
    notRun: {
      cases: shards.flatMap(({ result }) => result.notRun.cases),
      why: [...new Set(shards.map(({ result }) => result.notRun.why).filter((why) => why !== ''))].join('; '),
    },
    findings: mergedFindings(shards),
    ...followUpsOf(shards),
    advice: mergedAdvice(shards, results),
    ...(notes.length === 0 ? {} : { notes }),
  }
}
