/** `faultline suite`: many runs, sorted by what became of them. */
import os from 'node:os'
import path from 'node:path'
import { adviceOf } from '../../campaign/advice.ts'
import { type Case, shardOf } from '../../campaign/cases.ts'
import { foundIn, runsToFollow } from '../../campaign/follow-up.ts'
import { parseBytes } from '../../campaign/keep.ts'
import { knownAfter, memoryAfter, remindersOf, seenIn } from '../../campaign/memory.ts'
import { exitCodeOf } from '../../campaign/outcome.ts'
import { rateText } from '../../campaign/rate.ts'
import { type CaseResult, countsOf, type FollowUp, keyOf, type SuiteResult } from '../../campaign/result.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { formatDurationMs, parseDurationMs } from '../../support/time.ts'
import { INTERRUPTED, untilInterrupted } from '../interruption.ts'
import type { SettingsOf } from '../setting.ts'
import { runCases, type Stopped } from '../suite/campaign.ts'
import { chooseSuite, readConfig } from '../suite/config.ts'
import { checkedCases, reachOf, withSpaces } from '../suite/expand.ts'
import {
  appendProgress,
  beginCampaign,
  type Plan,
  readPlan,
  resumeProgress,
  SUITE_FILES,
  writeSuite,
} from '../suite/files.ts'
import { type FollowUpSettings, followUps } from '../suite/follow-up.ts'
import { Keeper } from '../suite/keep.ts'
import { planFileOf, readCorpus, readKnown, writeKnown, writeMemory } from '../suite/memory.ts'
import { printJob } from '../suite/print-job.ts'
import { rendered } from '../suite/rendered.ts'
import type { SUITE_SETTINGS } from '../suite/settings.ts'
import { markdownOf } from '../suite/summary.ts'

type Settings = SettingsOf<typeof SUITE_SETTINGS>

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** `2/5` -> the second of five. */
const parseShard = (text: string): readonly [number, number] => {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return [index, count]
  throw new UserError(`--shard ${text}: the index and the number of shards are expected, such as 2/5.`)
}

const parseJobs = (text: string): number | 'auto' => {
  if (text === 'auto') return text
  const jobs = Number(text)
  if (Number.isSafeInteger(jobs) && jobs >= 1) return jobs
  throw new UserError(`--jobs ${text}: a number from 1 on, or auto, is expected.`)
}

const keeperFor = (text: string | undefined, out: string): Keeper | null => {
  if (text === undefined) return null
  const bytes = parseBytes(text)
  if (bytes === null || bytes === 0)
    throw new UserError(`--keep ${text}: a size such as 500MB, 5GB or 2GiB is expected.`)
  return new Keeper(out, bytes, `--keep ${text}`)
}

const matching = (text: string | undefined): ((each: Case) => boolean) => {
  if (text === undefined) return () => true
  try {
    const pattern = new RegExp(text)
    return ({ name }) => pattern.test(name)
  } catch {
    throw new UserError(`--grep ${text}: a regular expression is expected.`)
  }
}

/** The cases to run: those that failed before come first, in the first shard. */
const planned = async (
  file: string | undefined,
  settings: Settings,
): Promise<Plan & { budget: string | null }> => {
  const config = await readConfig(file)
  const suite = chooseSuite(config, settings.suite)
  const seeds = settings.seeds ?? suite.seeds
  const checked = await checkedCases(seeds === undefined ? suite : { ...suite, seeds })
  const all = suite.swarm === true ? await withSpaces(checked) : checked
  const out = path.resolve(settings.out)
  const [index, count] = parseShard(settings.shard)
  const reminders = index === 1 ? remindersOf(readCorpus(out), suite.name, (id) => planFileOf(out, id)) : []
  const cases = [...reminders, ...shardOf(all, index, count)].filter(matching(settings.grep))
  if (cases.length === 0)
    throw new UserError(`No case of ${suite.name} matches ${settings.grep ?? `shard ${settings.shard}`}.`)
  return {
    suite: suite.name,
    out,
    cases,
    startedAt: new Date().toISOString(),
    untilFound: settings.untilFound || suite.untilFound === true,
    failFast: settings.failFast || suite.failFast === true,
    followUp: {
      reproduce: settings.reproduce ?? suite.reproduce ?? null,
      shrinkMs: settings.shrinkMs ?? (suite.shrink === undefined ? null : parseDurationMs(suite.shrink)),
    },
    ...(count === 1 ? {} : { shard: settings.shard }),
    budget: settings.budgetMs === undefined ? (suite.budget ?? null) : `${settings.budgetMs}ms`,
  }
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

const run = async (dir: string, plan: Plan, budgetMs: number | null, settings: Settings): Promise<number> => {
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
    say(`go on with: faultline suite --resume ${path.relative('.', dir)}`)
    return INTERRUPTED
  }
  const settled = untilFound ? foundIn(results) : new Set<string>()
  const result = await finish(dir, plan, { results, stopped, settled, followed })
  if (keeper?.makeRoom(0) === false)
    say(
      `The results are above --keep ${settings.keep}: what stays whole is larger. Look at the failing runs, and remove those that you have understood.`,
    )
  process.stdout.write(`${markdownOf(result)}\n${path.relative('.', path.join(dir, SUITE_FILES.page))}\n`)
  return result.exitCode
}

export const suiteCommand = async (file: string | undefined, settings: Settings): Promise<number> => {
  parseJobs(settings.jobs)
  keeperFor(settings.keep, settings.out)
  if (settings.printJob) {
    await printJob(file, settings)
    return EXIT_CODES.valid
  }
  if (settings.resume !== undefined) {
    const dir = path.resolve(settings.resume)
    return run(dir, readPlan(dir), settings.budgetMs ?? null, settings)
  }
  const { budget, ...plan } = await planned(file, settings)
  return run(beginCampaign(plan), plan, budget === null ? null : parseDurationMs(budget), settings)
}
