/** The pages of `serve`. */
import type { Finding } from '../../api/finding.ts'
import { encodedPath, escaped, htmlPage, link, tableOf, tableRow } from '../html.ts'
import type { Comparison, Difference } from './compare.ts'
import type { RunFile } from './files.ts'
import type { RunRow } from './runs.ts'

const STYLE = `
.running{--status:var(--leader)}
th button{border:0;background:none;padding:0;color:inherit;font-weight:600}
th[aria-sort=ascending] button::after{content:" \\2191"}th[aria-sort=descending] button::after{content:" \\2193"}
td b.state{color:var(--status)}
nav{margin-bottom:14px}
.filters{display:flex;flex-wrap:wrap;gap:8px;margin:10px 0}
.differs td{font-weight:600}
`

export const page = (title: string, body: string, script?: string): string =>
  htmlPage({ title, body, style: STYLE, ...(script === undefined ? {} : { script }) })

/** The address of a run, and of what is below it. */
const addressOf = (name: string, below = ''): string => `/run/${encodedPath(name)}/${encodedPath(below)}`

/** `<` would end the element that holds it. */
const data = (id: string, value: unknown): string =>
  `<script type="application/json" id="${id}">${JSON.stringify(value).replaceAll('<', '\\u003c')}</script>`

export const indexPage = (rows: readonly RunRow[], results: string): string =>
  page(
    'faultline: runs',
    `<nav>${link('/trend', 'trend of suites')}</nav>
<h1><span class="status">Runs</span></h1>
<p>${rows.length} runs below ${escaped(results)}</p>
<div class="filters" id="filters"></div>
<p id="shown" role="status"></p>
<div class="wide" id="table" tabindex="0" role="region" aria-label="runs"></div>
${data('rows', rows)}`,
    '/assets/runs.js',
  )

export const problemPage = (text: string): string =>
  page('faultline', `<h1>faultline serve</h1><p role="alert">${escaped(text)}</p>`)

const kilobytes = (bytes: number): string =>
  bytes < 1024 ? `${bytes} B` : `${Math.round(bytes / 1024).toLocaleString('en')} kB`

const filesTable = (name: string, files: readonly RunFile[]): string =>
  tableOf(
    ['file', 'size'],
    files.map((file) => tableRow([link(addressOf(name, file.name), file.name), kilobytes(file.bytes)])),
  )

const head = (row: RunRow): string =>
  `<nav>${link('/', 'all runs')}</nav>
<header class="${row.state}"><h1><span class="status" id="status">${escaped(row.state)}</span> <span class="title">${escaped(row.name)}</span></h1>
<p id="story">${escaped(row.summary)}</p></header>`

/** @param others runs that it can be compared with, the last valid one first */
export const runPage = (row: RunRow, files: readonly RunFile[], others: readonly RunRow[]): string => {
  if (row.state === 'running')
    return page(
      row.name,
      `${head(row)}<div id="live" aria-live="polite"></div>${data('events', addressOf(row.name, 'events'))}
<h2>Files</h2>${filesTable(row.name, files)}`,
      '/assets/live.js',
    )
  const compared = others
    .map((other) => {
      const href = `${addressOf(row.name, 'compare')}?with=${encodeURIComponent(other.name)}`
      return `<li>${link(href, `${other.name} (${other.state})`)}</li>`
    })
    .join('')
  return page(
    row.name,
    `${head(row)}
${row.operations === null ? '' : `<p>${link(addressOf(row.name, 'report.html'), 'the report')}</p>`}
<h2>Compare with</h2>
${compared === '' ? '<p>There is no other run of the same target and workload.</p>' : `<ul>${compared}</ul>`}
<h2>Files</h2>
${filesTable(row.name, files)}`,
  )
}

const findingsList = (title: string, findings: readonly Finding[]): string =>
  `<h2>${title} (${findings.length})</h2>${
    findings.length === 0
      ? '<p>None.</p>'
      : `<ul>${findings.map(({ anomaly, sentence, fingerprint }) => `<li><b>${escaped(anomaly)}</b> ${escaped(sentence)} <code>${escaped(fingerprint)}</code></li>`).join('')}</ul>`
  }`

const findingsPart = ({ findings }: Comparison): string =>
  findings === null
    ? '<h2>Findings</h2><p>One of these runs has no findings.json: faultline check writes it into the folder of a run.</p>'
    : `${findingsList('New findings', findings.appeared)}
${findingsList('Findings that are gone', findings.gone)}
${findingsList('Findings of both', findings.stayed)}`

const differences = (title: string, rows: readonly Difference[], before: string, now: string): string => {
  const rowOf = (row: Difference): string =>
    tableRow([row.what, row.before, row.now].map(escaped), row.before === row.now ? 'same' : 'differs')
  return `<h2>${title}</h2>${rows.length === 0 ? '<p>Nothing.</p>' : tableOf(['what', before, now], rows.map(rowOf))}`
}

/** The time and the seed, by which its folder is named. */
const timeOf = ({ name }: RunRow): string => name.split('/').at(-1) ?? name

export const comparePage = (before: RunRow, now: RunRow, found: Comparison): string =>
  page(
    `${now.name} compared`,
    `<nav>${link('/', 'all runs')} · ${link(addressOf(before.name), before.name)} · ${link(addressOf(now.name), now.name)}</nav>
<h1>${escaped(now.name)} compared with ${escaped(before.name)}</h1>
${findingsPart(found)}
${differences('Figures', found.figures, timeOf(before), timeOf(now))}
${differences('What differs in how they were started', found.settings, timeOf(before), timeOf(now))}`,
  )
