/** `summary.md` of a campaign: fit for a job summary or a pull request. */

import { cellsOf, reachedOf } from '../../campaign/exercise.ts'
import { OUTCOMES } from '../../campaign/outcome.ts'
import type { CaseResult, SeenFinding, SuiteResult } from '../../campaign/result.ts'
import { formatDurationMs } from '../../support/time.ts'
import { inlineCode, plain } from '../output/markdown-text.ts'
import { CASE_COLUMNS, caseTableOf } from './case-table.ts'

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** Such as `2 violations in 40 runs`. */
export const headlineOf = ({ counts, results, notRun }: SuiteResult): string => {
  const told = OUTCOMES.filter((name) => counts[name] > 0).map((name) => `${counts[name]} ${name}`)
  const left = notRun.cases.length === 0 ? '' : `; ${notRun.cases.length} not run (${notRun.why})`
  return `${plural(results.length, 'run')}: ${told.join(', ') || 'none'}${left}`
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

const findingRow = ({ fingerprint, sentence, runs, knownSince }: SeenFinding): readonly string[] => [
  knownSince === null ? '**new**' : `since ${knownSince.slice(0, 10)}`,
  inlineCode(fingerprint),
  plain(sentence),
  String(runs.length),
]

const section = (title: string, body: string): string => `### ${title}\n\n${body}`

const failing = (results: readonly CaseResult[]): readonly CaseResult[] =>
  results
    .filter(({ outcome }) => outcome !== 'passed')
    .toSorted((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome))

const casesSection = (results: readonly CaseResult[]): readonly string[] => {
  const rows = failing(results)
  if (rows.length === 0) return []
  const body = table(
    ['outcome', 'case', 'why', 'again'],
    rows.map(({ outcome, name, seed, why, command }) => [
      outcome,
      plain(`${name}, seed ${seed}`),
      plain(why),
      inlineCode(command),
    ]),
  )
  return [section('Not passed', body)]
}

/** Nothing where no fault took effect. */
const coverageLine = (results: readonly CaseResult[]): readonly string[] => {
  const byName = Map.groupBy(results, ({ name }) => name)
  const all = [...byName.values()].map((same) =>
    reachedOf(cellsOf(same.flatMap(({ exercise }) => exercise ?? []))),
  )
  const sum = (of: 'cells' | 'reached'): number => all.reduce((total, each) => total + each[of], 0)
  if (sum('cells') === 0) return []
  return [
    `${sum('reached')} of ${sum('cells')} cells of the coverage matrix were reached: calls acknowledged while a kind of fault was in force, by case.`,
  ]
}

const caseTableSection = (suite: SuiteResult): readonly string[] => {
  const cases = caseTableOf(suite)
  if (cases === null) return []
  const rows = cases.rows.map((row) =>
    row.map((cell, at) => (at === CASE_COLUMNS.length - 1 && cell !== '' ? inlineCode(cell) : plain(cell))),
  )
  return [
    section(
      'From findings to cases',
      [...(rows.length === 0 ? [] : [table(CASE_COLUMNS, rows)]), ...cases.notes.map(plain)].join('\n\n'),
    ),
  ]
}

export const markdownOf = (suite: SuiteResult): string => {
  const { findings, results, advice } = suite
  const tookMs = Date.parse(suite.endedAt) - Date.parse(suite.startedAt)
  return `${[
    `## ${plain(suite.suite)}: ${headlineOf(suite)}`,
    `In ${formatDurationMs(tookMs)}, from ${suite.startedAt}.`,
    ...coverageLine(results),
    ...(suite.notes ?? []).map((note) => `**${plain(note)}**`),
    ...(findings.length === 0
      ? []
      : [section('Findings', table(['known', 'fingerprint', 'finding', 'runs'], findings.map(findingRow)))]),
    ...caseTableSection(suite),
    ...casesSection(results),
    ...(advice.length === 0
      ? []
      : [section('Never exercised', advice.map((line) => `- ${plain(line)}`).join('\n'))]),
  ].join('\n\n')}\n`
}
