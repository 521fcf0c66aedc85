/** `summary.md` of a campaign: fit for a job summary or a pull request. */

import { OUTCOMES } from '../../campaign/outcome.ts'
import type { CaseResult, SeenFinding, SuiteResult } from '../../campaign/result.ts'
import { formatDurationMs } from '../../support/time.ts'
import { clip, visible } from '../../support/visible.ts'

const MOST_CHARACTERS = 300

/** One line that is nothing but text: no markup, no mentions of people, no references to issues. */
const cell = (text: string): string =>
  clip(visible(text).replace(/\s+/g, ' '), MOST_CHARACTERS)
    .replace(/[\\`*_{}[\]<>|~&]/g, (character) => `\\${character}`)
    .replace(/[@#]/g, (character) => `${character}\u200b`)

const code = (text: string): string => `\`${visible(text).replace(/[\n`]/g, ' ')}\``

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
  code(fingerprint),
  cell(sentence),
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
      cell(`${name}, seed ${seed}`),
      cell(why),
      code(command),
    ]),
  )
  return [section('Not passed', body)]
}

export const markdownOf = (suite: SuiteResult): string => {
  const { findings, results, advice } = suite
  const tookMs = Date.parse(suite.endedAt) - Date.parse(suite.startedAt)
  return `${[
    `## ${cell(suite.suite)}: ${headlineOf(suite)}`,
    `In ${formatDurationMs(tookMs)}, from ${suite.startedAt}.`,
    ...(suite.notes ?? []).map((note) => `**${cell(note)}**`),
    ...(findings.length === 0
      ? []
      : [section('Findings', table(['known', 'fingerprint', 'finding', 'runs'], findings.map(findingRow)))]),
    ...casesSection(results),
    ...(advice.length === 0
      ? []
      : [section('Never exercised', advice.map((line) => `- ${cell(line)}`).join('\n'))]),
  ].join('\n\n')}\n`
}
