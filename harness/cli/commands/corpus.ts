/** `faultline corpus`: known bugs of real clusters, listed and found again. */
import fs from 'node:fs'
import path from 'node:path'
import { corpus } from '../../../targets/corpus/index.ts'
import type { KnownBug } from '../../api/corpus.ts'
import type { Findings } from '../../api/finding.ts'
import { wordsOf } from '../../campaign/cases.ts'
import { type CorpusRow, corpusCases, corpusExitCode, corpusRows } from '../../campaign/corpus.ts'
import type { CaseResult } from '../../campaign/result.ts'
import { FILES } from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { formatDurationMs, NS_PER_MS } from '../../support/time.ts'
import { INTERRUPTED } from '../interruption.ts'
import type { SettingsOf } from '../setting.ts'
import { typedCommand } from '../shell.ts'
import { refuseWrong } from '../suite/expand.ts'
import { beginCampaign, type Plan, readPlan, SUITE_FILES } from '../suite/files.ts'
import { keeperFor, parseJobs, runPlan } from '../suite/run-plan.ts'
import type { CORPUS_SETTINGS } from '../suite/settings.ts'
import { unknownName } from '../unknown-name.ts'

type Settings = SettingsOf<typeof CORPUS_SETTINGS>

/** All where none is named. @throws UserError for a name that is none */
const chosen = (ids: readonly string[]): readonly KnownBug[] => {
  const known = corpus.map(({ id }) => id)
  for (const id of ids) if (!known.includes(id)) throw unknownName('known bug', id, known)
  return ids.length === 0 ? corpus : corpus.filter(({ id }) => ids.includes(id))
}

const commandOf = (bug: KnownBug, choice = bug.run): string => {
  const words = wordsOf({ choice, seed: 1 })
  return typedCommand(['faultline', 'run', ...words.slice(0, words.indexOf('--seed'))])
}

const described = (bug: KnownBug): string => {
  const { id, system, affected, fixed, link, what, kind, by, run, control, finds, beyondDefaults } = bug
  const lines = [
    what,
    `${kind}; ${system} ${affected}${fixed === null ? '' : `, mended by ${fixed}`}; ${link}`,
    `run       ${commandOf(bug)}`,
    `control   ${control === null ? 'none' : commandOf(bug, { ...run, ...control })}`,
    `finds     ${finds.join(', ')} (${by}; beyond the defaults: ${beyondDefaults ?? 'nothing'})`,
  ]
  return `${id}\n${lines.map((line) => `    ${line}\n`).join('')}`
}

/** Null: the run left none. */
const findingsOf = ({ runDir }: CaseResult): Findings | null => {
  const file = runDir === null ? null : path.join(runDir, FILES.findings)
  return file === null || !fs.existsSync(file) ? null : JSON.parse(fs.readFileSync(file, 'utf8'))
}

const controlText = ({ bug, controls }: CorpusRow): string => {
  if (bug.control === null) return 'none'
  if (controls.length === 0) return 'not run'
  const failed = controls.filter((outcome) => outcome !== 'passed')
  const passed = controls.length - failed.length
  return `${passed} of ${controls.length} valid${failed.length === 0 ? '' : ` (${failed.join(', ')})`}`
}

const cellsOf = (row: CorpusRow): readonly string[] => {
  const { bug, outcome, found, runs, firstEvidenceNs, others } = row
  return [
    bug.id,
    `${bug.system} ${bug.affected} -> ${bug.fixed ?? 'none'}`,
    `${found} of ${runs}${others.length === 0 ? '' : ` (${others.join(', ')})`}`,
    firstEvidenceNs === null ? '' : formatDurationMs(Math.round(firstEvidenceNs / NS_PER_MS)),
    controlText(row),
    outcome,
  ]
}

const HEAD = ['known bug', 'version', 'found', 'first evidence', 'control', 'outcome']

/** A table of Markdown, which can be read as text too. */
const tableOf = (rows: readonly CorpusRow[]): string => {
  const cells = [HEAD, HEAD.map(() => '---'), ...rows.map(cellsOf)]
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const lines = cells.map((row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |\n`)
  return lines.join('')
}

const planned = async (bugs: readonly KnownBug[], settings: Settings): Promise<Plan> => {
  const seeds = Array.from({ length: settings.seeds }, (_, at) => at + 1)
  const cases = corpusCases(bugs, seeds, settings.controls)
  await refuseWrong(cases, 'The corpus', 'Name those that can be run')
  return { suite: 'corpus', out: path.resolve(settings.out), cases, startedAt: new Date().toISOString() }
}

const run = async (bugs: readonly KnownBug[], settings: Settings): Promise<number> => {
  parseJobs(settings.jobs)
  keeperFor(settings.keep, settings.out)
  const resumed = settings.resume === undefined ? null : path.resolve(settings.resume)
  const plan = resumed === null ? await planned(bugs, settings) : readPlan(resumed)
  const dir = resumed ?? beginCampaign(plan)
  const result = await runPlan(dir, plan, settings.budgetMs ?? null, {
    jobs: settings.jobs,
    keep: settings.keep,
    failFast: false,
    untilFound: false,
    untilInvalid: false,
    reproduce: undefined,
    shrinkMs: undefined,
    again: 'faultline corpus run',
  })
  if (result === null) return INTERRUPTED
  const rows = corpusRows(
    corpus,
    result.results.map((each) => ({ result: each, findings: findingsOf(each) })),
  )
  process.stdout.write(`${tableOf(rows)}\n${path.relative('.', path.join(dir, SUITE_FILES.page))}\n`)
  return corpusExitCode(rows)
}

export const corpusCommand = async (
  action: 'list' | 'run',
  ids: readonly string[],
  settings: Settings,
): Promise<number> => {
  const bugs = chosen(ids)
  if (action === 'run') return run(bugs, settings)
  if (bugs.length === 0) throw new UserError('The corpus is empty.')
  process.stdout.write(bugs.map(described).join('\n'))
  return EXIT_CODES.valid
}
