/**
 * The folder of a campaign: `<out>/suites/<suite>/<time>`. `plan.json` has its cases, `progress.jsonl` a line for each run
 * that ended, synced: whatever kills the campaign, these runs are known when it is resumed.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { Case } from '../../campaign/cases.ts'
import type { CaseResult, SuiteResult } from '../../campaign/result.ts'
import {
  encodeHeader,
  type FileHeader,
  type FileKind,
  headerOf,
  requireSchema,
} from '../../history/schema.ts'
import { readLines } from '../../store/json-lines.ts'
import { ownVersion } from '../../store/version.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import type { FollowUpSettings } from './follow-up.ts'

export const SUITES = 'suites'
export const SUITE_FILES = {
  plan: 'plan.json',
  progress: 'progress.jsonl',
  suite: 'suite.json',
  junit: 'junit.xml',
  summary: 'summary.md',
  page: 'index.html',
} as const

/** What a campaign is to do, as it was when it began. */
export interface Plan {
  readonly suite: string
  /** The folder of the runs, absolute. */
  readonly out: string
  readonly cases: readonly Case[]
  readonly startedAt: string
  /** Whether no further seed of a case is run once it has failed. Absent in files of older versions. */
  readonly untilFound?: boolean
  /** Whether runs end as soon as a promise is seen to be broken. Absent in files of older versions. */
  readonly failFast?: boolean
  /** Absent in files of older versions. */
  readonly followUp?: FollowUpSettings
  /** The part of the suite that it is, such as `2/5`. Absent in files of older versions. */
  readonly shard?: string
}

const write = (file: string, text: string): void => {
  const next = `${file}.new`
  fs.writeFileSync(next, text)
  fs.renameSync(next, file)
}

/** A JSON file with its header, replaced as a whole. */
export const writeJson = (file: string, kind: FileKind, content: object): void =>
  write(file, `${JSON.stringify({ ...headerOf(kind, ownVersion()), ...content }, null, 2)}\n`)

/** A new folder of a campaign below `out`. @param startedAt ISO 8601 @returns its path */
export const newSuiteFolder = (out: string, suite: string, startedAt: string): string => {
  const time = startedAt.replace(/[-:]/g, '').replace(/\..*/, '')
  const parent = path.join(out, SUITES, suite)
  try {
    fs.mkdirSync(parent, { recursive: true })
    let dir = path.join(parent, time)
    for (let n = 2; fs.existsSync(dir); n++) dir = path.join(parent, `${time}-${n}`)
    fs.mkdirSync(dir)
    return dir
  } catch (error) {
    throw new UserError(
      `Results cannot be written below ${parent} (${(error as Error).message}): choose another folder with --out.`,
      EXIT_CODES.harnessFailed,
    )
  }
}

/** A new folder, with its plan. @returns its path */
export const beginCampaign = (plan: Plan): string => {
  const dir = newSuiteFolder(plan.out, plan.suite, plan.startedAt)
  writeJson(path.join(dir, SUITE_FILES.plan), 'plan', plan)
  write(path.join(dir, SUITE_FILES.progress), progressText([]))
  return dir
}

/** @throws UserError if it is no folder of a campaign */
export const readPlan = (dir: string): Plan & FileHeader => {
  const file = path.join(dir, SUITE_FILES.plan)
  if (!fs.existsSync(file))
    throw new UserError(
      `${dir} is no folder of a suite (it has no ${SUITE_FILES.plan}): --resume takes one from <out>/${SUITES}/<suite>/.`,
    )
  const content = JSON.parse(fs.readFileSync(file, 'utf8')) as Plan & FileHeader
  requireSchema('plan', content.schema, file)
  return content
}

/** A campaign that has ended, and the version that ran it. Null: it has not ended. @throws UserError of a newer version's file */
export const readSuite = (dir: string): (SuiteResult & FileHeader) | null => {
  const file = path.join(dir, SUITE_FILES.suite)
  if (!fs.existsSync(file)) return null
  const content = JSON.parse(fs.readFileSync(file, 'utf8')) as SuiteResult & FileHeader
  requireSchema('suite', content.schema, file)
  return content
}

/** The runs that ended, without a change to the file. */
export const readProgress = (dir: string): readonly CaseResult[] =>
  readLines<CaseResult>('progress', path.join(dir, SUITE_FILES.progress))

const progressText = (results: readonly CaseResult[]): string =>
  encodeHeader('progress', ownVersion()) + results.map((each) => `${JSON.stringify(each)}\n`).join('')

/** The runs that ended. A line that was torn when the campaign was killed is removed, so that lines can follow. */
export const resumeProgress = (dir: string): readonly CaseResult[] => {
  const file = path.join(dir, SUITE_FILES.progress)
  const results = readProgress(dir)
  write(file, progressText(results))
  return results
}

/** On disk when it returns. */
export const appendProgress = (dir: string, result: CaseResult): void => {
  const file = fs.openSync(path.join(dir, SUITE_FILES.progress), 'a')
  try {
    fs.writeSync(file, `${JSON.stringify(result)}\n`)
    fs.fsyncSync(file)
  } finally {
    fs.closeSync(file)
  }
}

/** Every file of the results is replaced as a whole. */
export const writeSuite = (
  dir: string,
  result: SuiteResult,
  rendered: Readonly<Record<'junit' | 'summary' | 'page', string>>,
): void => {
  writeJson(path.join(dir, SUITE_FILES.suite), 'suite', result)
  for (const name of ['junit', 'summary', 'page'] as const)
    write(path.join(dir, SUITE_FILES[name]), rendered[name])
}
