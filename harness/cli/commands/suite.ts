/** `faultline suite`: many runs, sorted by what became of them. */
import path from 'node:path'
import { type Case, shardOf } from '../../campaign/cases.ts'
import { remindersOf } from '../../campaign/memory.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { parseDurationMs } from '../../support/time.ts'
import { INTERRUPTED } from '../interruption.ts'
import type { SettingsOf } from '../setting.ts'
import { chooseSuite, readConfig } from '../suite/config.ts'
import { checkedCases, withSpaces } from '../suite/expand.ts'
import { beginCampaign, type Plan, readPlan, SUITE_FILES } from '../suite/files.ts'
import { planFileOf, readCorpus } from '../suite/memory.ts'
import { printJob } from '../suite/print-job.ts'
import { keeperFor, parseJobs, runPlan } from '../suite/run-plan.ts'
import type { SUITE_SETTINGS } from '../suite/settings.ts'
import { markdownOf } from '../suite/summary.ts'

type Settings = SettingsOf<typeof SUITE_SETTINGS>

/** `2/5` -> the second of five. */
const parseShard = (text: string): readonly [number, number] => {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
  if (index !== undefined && count !== undefined && index >= 1 && index <= count) return [index, count]
  throw new UserError(`--shard ${text}: the index and the number of shards are expected, such as 2/5.`)
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

const AGAIN = 'faultline suite'

const run = async (dir: string, plan: Plan, budgetMs: number | null, settings: Settings): Promise<number> => {
  const result = await runPlan(dir, plan, budgetMs, { ...settings, again: AGAIN })
  if (result === null) return INTERRUPTED
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
