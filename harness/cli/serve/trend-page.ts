/** The page `/trend`. */
import type { Trend } from '../../campaign/trend.ts'
import { escaped, link, tableOf, tableRow } from '../html.ts'
import { FIGURE_HEAD, FINDING_HEAD, figureCells, findingCells, METHOD } from '../output/trend.ts'
import type { Trends } from '../suite/stored-suites.ts'
import { page } from './pages.ts'

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  tableOf(
    head,
    rows.map((row) => tableRow(row.map(escaped))),
  )

const suiteSection = ({ suite, campaigns, last, findings, figures }: Trend): string => `<section>
<h2>${escaped(suite)}</h2>
<p>${campaigns} ${campaigns === 1 ? 'campaign' : 'campaigns'}, the last of ${escaped(last)}</p>
<h3>Findings</h3>
${findings.length === 0 ? '<p>None.</p>' : table(FINDING_HEAD, findings.map(findingCells))}
<h3>Figures</h3>
${figures.length === 0 ? '<p>None.</p>' : table(FIGURE_HEAD, figures.map(figureCells))}
</section>`

export const trendPage = ({ suites, unread }: Trends): string =>
  page(
    'faultline: trend',
    `<nav>${link('/', 'all runs')}</nav>
<h1><span class="status">Trend</span></h1>
${suites.length === 0 ? '<p>No campaign has ended here: faultline suite runs one.</p>' : suites.map(suiteSection).join('\n')}
${unread.map((dir) => `<p role="alert">${escaped(dir)}: its suite.json cannot be read, and is left out.</p>`).join('\n')}
<ul>${METHOD.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`,
  )
