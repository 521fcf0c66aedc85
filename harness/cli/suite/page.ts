/** `index.html` of a campaign: counts, findings, every run with a link to its report, and what was never exercised. */
import path from 'node:path'
import { isFailure, OUTCOMES, type OutcomeName } from '../../campaign/outcome.ts'
import type { CaseResult, SeenFinding, SuiteResult } from '../../campaign/result.ts'
import { PAGE_STYLE } from '../../report/style.ts'
import { FILES } from '../../store/run-store.ts'
import { formatDurationMs } from '../../support/time.ts'
import { visible } from '../../support/visible.ts'
import { headlineOf } from './summary.ts'

const STYLE = `
td b{color:var(--status)}
td code{overflow-wrap:anywhere}
`

/** The page's colours are those of verdicts. */
const toneOf = (outcome: OutcomeName): 'valid' | 'invalid' | 'unknown' => {
  if (outcome === 'passed') return 'valid'
  return isFailure(outcome) ? 'invalid' : 'unknown'
}

const text = (given: string): string =>
  visible(given)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** Where the report is, as seen from the page. */
const reportOf = (dir: string, runDir: string): string =>
  path.relative(dir, path.join(runDir, FILES.report)).split(path.sep).map(encodeURIComponent).join('/')

const table = (head: readonly string[], rows: readonly string[]): string =>
  `<div class="wide"><table><thead><tr>${head.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`

const cells = (row: readonly string[]): string => row.map((cell) => `<td>${cell}</td>`).join('')

const findingRow = ({ fingerprint, sentence, runs, knownSince }: SeenFinding, dir: string): string =>
  `<tr>${cells([
    knownSince === null ? '<b class="invalid">new</b>' : `since ${text(knownSince.slice(0, 10))}`,
    `<code>${text(fingerprint)}</code>`,
    text(sentence),
    runs.map((run, at) => `<a href="${text(reportOf(dir, run))}">run ${at + 1}</a>`).join(' '),
  ])}</tr>`

const runRow = (result: CaseResult, dir: string): string => {
  const { name, seed, outcome, why, runDir, durationMs, command } = result
  const label = text(`${name}, seed ${seed}`)
  // Without a verdict there is no report.
  const hasReport = runDir !== null && result.exercise !== null
  return `<tr class="${toneOf(outcome)}">${cells([
    `<b>${outcome}</b>`,
    hasReport ? `<a href="${text(reportOf(dir, runDir))}">${label}</a>` : label,
    text(why),
    formatDurationMs(durationMs),
    `<code>${text(command)}</code>`,
  ])}</tr>`
}

const section = (title: string, body: string): string => `<section><h2>${title}</h2>\n${body}\n</section>`

/** @param dir the folder that the page is in */
export const pageOf = (suite: SuiteResult, dir: string): string => {
  const { findings, results, advice, counts } = suite
  const worst = OUTCOMES.find((name) => counts[name] > 0) ?? 'passed'
  const sorted = results.toSorted((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome))
  const title = text(`${suite.suite}: ${headlineOf(suite)}`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${PAGE_STYLE}${STYLE}</style>
</head>
<body>
<main>
<header class="${toneOf(worst)}">
<h1><span class="status">${text(suite.suite)}</span></h1>
<p>${text(headlineOf(suite))}. From ${text(suite.startedAt)} to ${text(suite.endedAt)}.</p>
</header>
${[
  ...(suite.notes ?? []).map((note) => `<p role="alert">${text(note)}</p>`),
  ...(findings.length === 0
    ? []
    : [
        section(
          'Findings',
          table(
            ['known', 'fingerprint', 'finding', 'runs'],
            findings.map((each) => findingRow(each, dir)),
          ),
        ),
      ]),
  section(
    'Runs',
    table(
      ['outcome', 'case', 'why', 'took', 'command'],
      sorted.map((each) => runRow(each, dir)),
    ),
  ),
  ...(suite.notRun.cases.length === 0
    ? []
    : [
        section(
          'Not run',
          `<p>${text(suite.notRun.why)}</p><ul>${suite.notRun.cases.map((name) => `<li>${text(name)}</li>`).join('')}</ul>`,
        ),
      ]),
  ...(advice.length === 0
    ? []
    : [section('Never exercised', `<ul>${advice.map((line) => `<li>${text(line)}</li>`).join('')}</ul>`)]),
].join('\n')}
</main>
</body>
</html>
`
}
