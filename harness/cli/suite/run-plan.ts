/** Runs the cases of a plan, follows up what failed, and leaves the results in the folder of the campaign. */
import os from 'node:os'
import path from 'node:path'
import { adviceOf } from '../../campaign/advice.ts'
import { foundIn, runsToFollow } from '../../campaign/follow-up.ts'
import { parseBytes } from '../../campaign/keep.ts'
import { knownAfter, memoryAfter, seenIn } from '../../campaign/memory.ts'
import { exitCodeOf } from '../../campaign/outcome.ts'
import { rateText } from '../../campaign/rate.ts'
import { type CaseResult, countsOf, type FollowUp, keyOf, type SuiteResult } from '../../campaign/result.ts'
import { UserError } from '../../support/assert.ts'
import { formatDurationMs } from '../../support/time.ts'
import { untilInterrupted } from '../interruption.ts'
import type { SettingsOf } from '../setting.ts'
import { runCases, type Stopped } from './campaign.ts'
import { reachOf } from './expand.ts'
import { appendProgress, type Plan, resumeProgress, writeSuite } from './files.ts'
import { type FollowUpSettings, followUps } from './follow-up.ts'
import { Keeper } from './keep.ts'
import { readCorpus, readKnown, writeKnown, writeMemory } from './memory.ts'
import { rendered } from './rendered.ts'
import type { SUITE_SETTINGS } from './settings.ts'

type PlanSettings = Pick<
  SettingsOf<typeof SUITE_SETTINGS>,
  'jobs' | 'keep' | 'untilFound' | 'untilInvalid' | 'failFast' | 'reproduce' | 'shrinkMs'
> & {
  /** The command that goes on after an interruption. */
  readonly again: string
}

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

export const parseJobs = (text: string): number | 'auto' => {
  if (text === 'auto') return text
  const jobs = Number(text)
  if (Number.isSafeInteger(jobs) && jobs >= 1) return jobs
  throw new UserError(`--jobs ${text}: a number from 1 on, or auto, is expected.`)
}

export const keeperFor = (text: string | undefined, out: string): Keeper | null => {
  if (text === undefined) return null
  const bytes = parseBytes(text)
  if (bytes === null || bytes === 0)
    throw new UserError(`--keep ${text}: a size such as 500MB, 5GB or 2GiB is expected.`)
  return new Keeper(out, bytes, `--keep ${text}`)
}

/** Such as `21:40`, or `Sat 21:40` where that is on another day. */
const clock = (ms: number): string => {
  const [day, , , , time] = new Date(ms).toString().split(' ') as [string, string, string, string, string]
  const isToday = new Date(ms).toDateString() === new Date().toDateString()
  return `${isToday ? '' : `${day} `}${time.slice(0, 5)}`
}

/**
 * Such as `[3/40] violation: raft queue kill, seed 1 (34.2 s); 37 left, 2 at once, done about 21:40`.
 *
 * @param endsMs when the budget ends, milliseconds since 1970. Null: never
 */
const tellProgress = (
  total: number,
  endsMs: number | null,
): ((result: CaseResult, left: number, jobs: number) => void) => {
  const beganMs = Date.now()
  let ended = 0
  return ({ outcome, name, seed, durationMs, why, runDir }, left, jobs) => {
    ended += 1
    const eta = Date.now() + ((Date.now() - beganMs) / ended) * left
    const until =
      endsMs !== null && eta > endsMs
        ? `more than the budget allows until ${clock(endsMs)}`
        : `done about ${clock(eta)}`
    const rest = left === 0 ? '' : `; ${left} left, ${jobs} at once, ${until}`
    say(
      `[${total - left}/${total}] ${outcome}: ${name}, seed ${seed} (${formatDurationMs(durationMs)})${rest}`,
    )
    if (outcome !== 'passed') say(`    ${why}${runDir === null ? '' : `\n    ${path.relative('.', runDir)}`}`)
  }
}

const tellFollowUp = ({ name, again, smallest, problems }: FollowUp, left: number): void => {
  const told = [
    ...(again === null ? [] : [`fails again in ${rateText(again.rate)}`]),
    ...(smallest === null ? [] : [`${smallest.from.faults.length} faults made ${smallest.to.faults.length}`]),
  ]
  say(`${name}: ${told.join('; ') || 'not followed up'}${left === 0 ? '' : `; ${left} left`}`)
  for (const problem of problems) say(`    ${problem}`)
}

/** Null: that is not asked for. */
const followedUp = async (
  results: readonly CaseResult[],
  { out }: Plan,
  asked: FollowUpSettings,
  { jobs, signal }: { readonly jobs: number; readonly signal: AbortSignal },
): Promise<readonly FollowUp[] | null> => {
  if (asked.reproduce === null && asked.shrinkMs === null) return null
  const runs = runsToFollow(results, readKnown(out))
  if (runs.length > 0) say(`following up ${runs.length} failing runs, each the first of its kind`)
  return followUps(runs, asked, jobs, signal, tellFollowUp)
}

interface Ended {
  readonly results: readonly CaseResult[]
  readonly stopped: Stopped
  /** Cases of which no further seed is run. */
  readonly settled: ReadonlySet<string>
  readonly followed: readonly FollowUp[] | null
}

const finish = async (
  dir: string,
  plan: Plan,
  { results, stopped, settled, followed }: Ended,
): Promise<SuiteResult> => {
  const { suite, out, cases, startedAt } = plan
  const endedAt = new Date().toISOString()
  const done = new Set(results.map(keyOf))
  const known = readKnown(out)
  const findings = seenIn(results, known)
  const suiteResult: SuiteResult = {
    suite,
    startedAt,
    endedAt,
    exitCode: exitCodeOf(results.map(({ outcome }) => outcome)),
    counts: countsOf(results),
    results,
    notRun: {
      cases: cases
        .filter(({ name }) => !settled.has(name))
        .map(keyOf)
        .filter((key) => !done.has(key)),
      why: stopped ?? '',
    },
    findings,
    ...(followed === null ? {} : { followUps: followed }),
    advice: adviceOf(results, await reachOf(cases)),
  }
  writeKnown(out, knownAfter(known, findings, endedAt))
  const corpus = readCorpus(out)
  writeMemory(out, corpus, memoryAfter(corpus, suite, results))
  writeSuite(dir, suiteResult, rendered(suiteResult, dir))
  return suiteResult
}

/**
 * Runs what has not ended yet. @param again how it is gone on with after an interruption, without the folder
 *
 * @returns null if it was interrupted
 */
export const runPlan = async (
  dir: string,
  plan: Plan,
  budgetMs: number | null,
  { again, ...settings }: PlanSettings,
): Promise<SuiteResult | null> => {
  const untilFound = settings.untilFound || plan.untilFound === true
  const earlier = resumeProgress(dir)
  const results = [...earlier]
  const done = new Set(earlier.map(keyOf))
  const settledBefore = untilFound ? foundIn(earlier) : new Set<string>()
  const cases = plan.cases.filter((each) => !done.has(keyOf(each)) && !settledBefore.has(each.name))
  say(
    `${plan.suite}: ${cases.length} runs${earlier.length === 0 ? '' : `, ${earlier.length} are done`}; results in ${dir}`,
  )
  const tell = tellProgress(cases.length, budgetMs === null ? null : Date.now() + budgetMs)
  const keeper = keeperFor(settings.keep, plan.out)
  using interruption = untilInterrupted('--resume goes on')
  const { signal } = interruption
  const wished = parseJobs(settings.jobs)
  let jobs = wished === 'auto' ? 1 : wished
  const stopped = await runCases(cases, earlier, {
    out: plan.out,
    jobs: wished,
    mostJobs: 2 * os.availableParallelism(),
    deadlineMs: budgetMs === null ? null : performance.now() + budgetMs,
    untilInvalid: settings.untilInvalid,
    untilFound,
    failFast: settings.failFast || plan.failFast === true,
    signal,
    hasRoom: (runs) => keeper?.makeRoom(runs) ?? true,
    ended: (result, left, now) => {
      jobs = now
      results.push(result)
      keeper?.ended(result)
      appendProgress(dir, result)
      tell(result, left, now)
    },
  })
  const asked = {
    reproduce: settings.reproduce ?? plan.followUp?.reproduce ?? null,
    shrinkMs: settings.shrinkMs ?? plan.followUp?.shrinkMs ?? null,
  }
  const followed = signal.aborted ? [] : await followedUp(results, plan, asked, { jobs, signal })
  if (signal.aborted) {
    say(`go on with: ${again} --resume ${path.relative('.', dir)}`)
    return null
  }
  const settled = untilFound ? foundIn(results) : new Set<string>()
  const result = await finish(dir, plan, { results, stopped, settled, followed })
  if (keeper?.makeRoom(0) === false)
    say(
      `The results are above --keep ${settings.keep}: what stays whole is larger. Look at the failing runs, and remove those that you have understood.`,
    )
  return result
}
