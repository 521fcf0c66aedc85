/** The folders of shards, as they were left or as they were copied from another machine. */
import fs from 'node:fs'
import path from 'node:path'
import { seenIn } from '../../campaign/memory.ts'
import type { Shard } from '../../campaign/merge.ts'
import { keyOf } from '../../campaign/result.ts'
import { UserError } from '../../support/assert.ts'
import { type Plan, readPlan, readProgress, readSuite, SUITE_FILES, SUITES } from './files.ts'
import { readKnown } from './memory.ts'

const folders = (dir: string): readonly string[] =>
  fs.existsSync(dir)
    ? fs
        .readdirSync(dir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => path.join(dir, name))
        .sort()
    : []

const isCampaign = (dir: string): boolean =>
  [SUITE_FILES.plan, SUITE_FILES.suite].some((file) => fs.existsSync(path.join(dir, file)))

/** The folder of a campaign: the given one, or the last one in a folder of results. @throws UserError if there is none */
const campaignIn = (given: string): string => {
  const dir = path.resolve(given)
  if (isCampaign(dir)) return dir
  const suites = folders(path.join(dir, SUITES))
  const last = suites
    .map((suite) => folders(suite).filter(isCampaign).at(-1))
    .filter((each) => each !== undefined)
  const [only, another] = last
  if (only === undefined)
    throw new UserError(
      `${given} is no folder of a suite, nor one of results: <results>/${SUITES}/<suite>/<time> has a ${SUITE_FILES.plan}.`,
    )
  if (another !== undefined)
    throw new UserError(
      `${given} has several suites: name the folder of one (${last.map((each) => path.relative('.', each)).join(', ')}).`,
    )
  return only
}

/** The folder of results that a campaign's folder is in. */
export const outOf = (campaign: string): string => path.resolve(campaign, '../../..')

/** The folder of a run where it is now: the results may have been copied from another machine. */
const placed = (runDir: string, plan: Plan | null, out: string): string => {
  if (plan === null) return runDir
  const here = path.join(out, path.relative(plan.out, runDir))
  return fs.existsSync(here) ? here : runDir
}

const notEnded = (dir: string, plan: Plan): Shard['result'] => {
  const results = readProgress(dir)
  const done = new Set(results.map(keyOf))
  const last = results.map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs)
  return {
    suite: plan.suite,
    startedAt: plan.startedAt,
    endedAt: new Date(Math.max(Date.parse(plan.startedAt), ...last)).toISOString(),
    results,
    notRun: { cases: plan.cases.map(keyOf).filter((key) => !done.has(key)), why: 'a shard did not end' },
    findings: seenIn(results, readKnown(outOf(dir))),
    advice: [],
  }
}

/** A shard, and what it was to do. */
export interface StoredShard extends Shard {
  /** Its folder, absolute. */
  readonly dir: string
  /** Null: it left none, as the result of a merge. */
  readonly plan: Plan | null
}

/** @param given the folder of a campaign, or a folder of results, of which the last campaign is read */
export const readShard = (given: string): StoredShard => {
  const dir = campaignIn(given)
  const plan = fs.existsSync(path.join(dir, SUITE_FILES.plan)) ? readPlan(dir) : null
  const ended = readSuite(dir)
  // One of the two is there.
  const result = ended ?? notEnded(dir, plan as Plan)
  const at = (runDir: string): string => placed(runDir, plan, outOf(dir))
  return {
    dir,
    plan,
    folder: path.relative('.', dir) || '.',
    faultline: ended?.faultline ?? plan?.faultline ?? 'unknown',
    shard: plan?.shard ?? null,
    hasEnded: ended !== null,
    result: {
      ...result,
      results: result.results.map((each) =>
        each.runDir === null ? each : { ...each, runDir: at(each.runDir) },
      ),
      findings: result.findings.map((finding) => ({ ...finding, runs: finding.runs.map(at) })),
    },
  }
}
