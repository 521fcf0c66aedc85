/** `index.html` of a campaign: counts, findings, every run with a link to its report, and what was never exercised. */
import path from 'node:path'
import { callsIn, cellsOf } from '../../campaign/exercise.ts'
import { isFailure, OUTCOMES, type OutcomeName } from '../../campaign/outcome.ts'
import type { CaseResult, SeenFinding, SuiteResult } from '../../campaign/result.ts'
import { FILES } from '../../store/run-store.ts'
import { formatDurationMs } from '../../support/time.ts'
import { encodedPath, escaped, htmlPage, link, tableOf, tableRow } from '../html.ts'
import { CASE_COLUMNS, type CaseRow, caseTableOf } from './case-table.ts'
import { headlineOf } from './summary.ts'

const STYLE = `
td b{color:var(--status)}
td code{overflow-wrap:anywhere}
.name{white-space:nowrap}
.runs td:nth-child(2){min-width:180px}
`

/** The page's colours are those of verdicts. */
const toneOf = (outcome: OutcomeName): 'valid' | 'invalid' | 'unknown' => {
  if (outcome === 'passed') return 'valid'
  return isFailure(outcome) ? 'invalid' : 'unknown'
}

/** Where the report is, as seen from the page. */
const reportOf = (dir: string, runDir: string): string =>
  encodedPath(path.relative(dir, path.join(runDir, FILES.report)))

const findingRow = ({ fingerprint, sentence, runs, knownSince }: SeenFinding, dir: string): string =>
  tableRow([
    knownSince === null ? '<b class="invalid">new</b>' : `since ${escaped(knownSince.slice(0, 10))}`,
    `<code class="name">${escaped(fingerprint)}</code>`,
    escaped(sentence),
    runs.map((run, at) => link(reportOf(dir, run), `run ${at + 1}`)).join(' '),
  ])

const runRow = (result: CaseResult, dir: string): string => {
  const { name, seed, outcome, why, runDir, durationMs, command } = result
  const label = `${name}, seed ${seed}`
  // Without a verdict there is no report.
  const hasReport = runDir !== null && result.exercise !== null
  return tableRow(
    [
      `<b>${outcome}</b>`,
      hasReport ? link(reportOf(dir, runDir), label) : escaped(label),
      escaped(why),
      `<span class="name">${formatDurationMs(durationMs)}</span>`,
      `<code>${escaped(command)}</code>`,
    ],
    toneOf(outcome),
  )
}

/** What was acknowledged while a fault of each kind was in force, in all runs of a case. */
const exerciseRows = (results: readonly CaseResult[]): readonly string[] =>
  [...Map.groupBy(results, ({ name }) => name)].flatMap(([name, same]) => {
    const cells = cellsOf(same.flatMap(({ exercise }) => exercise ?? []))
    const calls = callsIn(cells)
    return [...cells].map(([kind, counts]) =>
      tableRow([name, kind, calls.map((call) => `${call} ${counts.get(call) ?? 0}`).join(', ')].map(escaped)),
    )
  })

const caseRow = (row: CaseRow): string => {
  const [command = '', ...texts] = row.map(escaped).reverse()
  return tableRow([...texts.reverse(), command === '' ? '' : `<code>${command}</code>`])
}

const caseSection = (suite: SuiteResult): readonly string[] => {
  const cases = caseTableOf(suite)
  if (cases === null) return []
  const table = cases.rows.length === 0 ? '' : tableOf(CASE_COLUMNS, cases.rows.map(caseRow))
  const notes = cases.notes.map((note) => `<p>${escaped(note)}</p>`).join('')
  return [section('From findings to cases', `${table}${notes}`)]
}

const listOf = (lines: readonly string[]): string =>
  `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`

const section = (title: string, body: string, kind = ''): string =>
  `<section${kind === '' ? '' : ` class="${kind}"`}><h2>${title}</h2>\n${body}\n</section>`

/** Nothing but the page itself: it has links, and no script. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'"

/** @param dir the folder that the page is in */
export const pageOf = (suite: SuiteResult, dir: string): string => {
  const { findings, results, advice, counts, notRun, notes = [] } = suite
  const worst = OUTCOMES.find((name) => counts[name] > 0) ?? 'passed'
  const sorted = results.toSorted((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome))
  const findingRows = findings.map((each) => findingRow(each, dir))
  const runRows = sorted.map((each) => runRow(each, dir))
  const exercised = exerciseRows(results)
  const sections = [
    ...notes.map((note) => `<p role="alert">${escaped(note)}</p>`),
    ...(findings.length === 0
      ? []
      : [section('Findings', tableOf(['known', 'fingerprint', 'finding', 'runs'], findingRows))]),
    ...caseSection(suite),
    section('Runs', tableOf(['outcome', 'case', 'why', 'took', 'command'], runRows), 'runs'),
    ...(exercised.length === 0
      ? []
      : [section('Exercised', tableOf(['case', 'while in force', 'acknowledged'], exercised))]),
    ...(notRun.cases.length === 0
      ? []
      : [section('Not run', `<p>${escaped(notRun.why)}</p>${listOf(notRun.cases)}`)]),
    ...(advice.length === 0 ? [] : [section('Never exercised', listOf(advice))]),
  ]
  return htmlPage({
    title: `${suite.suite}: ${headlineOf(suite)}`,
    style: STYLE,
    policy: POLICY,
    body: `<header class="${toneOf(worst)}">
<h1><span class="status">${escaped(suite.suite)}</span></h1>
<p>${escaped(headlineOf(suite))}. From ${escaped(suite.startedAt)} to ${escaped(suite.endedAt)}.</p>
</header>
${sections.join('\n')}`,
  })
}
