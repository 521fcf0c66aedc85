/**
 * A run's record as one self-contained HTML file with data, styles and scripts. It fetches nothing, and its policy forbids
 * every request. All data is deflated and in base64, so that no text of a cluster can be markup. The script stands before what
 * the first picture does not need.
 */
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { build } from 'esbuild'
import { FILES } from '../store/run-store.ts'
import { type JudgedRun, type Report, reportData } from './data.ts'
import { LIMITS, type PageLimits, type PagePart, smallerLimits } from './limits.ts'
import { FIRST_COLUMNS, LATER_COLUMNS, type OperationColumn, TEXT_COLUMNS } from './operations.ts'
import { PAGE_STYLE } from './style.ts'

const bundlePage = async (): Promise<string> => {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  const result = await build({
    entryPoints: [path.join(import.meta.dirname, 'page', `main.${extension}`)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    legalComments: 'none',
  })
  return (result.outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script')
}

const packed = (bytes: Uint8Array | string): string => deflateRawSync(bytes).toString('base64')

const holder = (id: string, content: string): string =>
  `<script type="application/octet-stream" id="${id}">${content}</script>`

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Allows this script and nothing else. */
const policyFor = (script: string): string => {
  const hash = createHash('sha256').update(script).digest('base64')
  return `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'`
}

/** What the page holds, as it stands in the file. */
interface Packed {
  readonly data: string
  readonly columns: Readonly<Record<OperationColumn, string>>
  readonly log: string | null
}

const pack = ({ data, columns, log }: Report): Packed => ({
  data: packed(JSON.stringify(data)),
  columns: Object.fromEntries(
    Object.entries(columns).map(([name, bytes]) => [name, packed(bytes)]),
  ) as Packed['columns'],
  log: log === null ? null : packed(JSON.stringify(log)),
})

/** Names of objects are as many as there are operations. */
const sizesOf = ({ data }: Report, own: Packed): Readonly<Record<PagePart, number>> => {
  const names = packed(JSON.stringify(data.operations)).length
  const columns = Object.values(own.columns).reduce((sum, { length }) => sum + length, 0)
  return { operations: columns + names, log: own.log?.length ?? 0, data: own.data.length - names }
}

/** A page that is not too large, however long the run was. */
const fitting = (judged: JudgedRun): { readonly report: Report; readonly packed: Packed } => {
  let limits: PageLimits | null = LIMITS
  for (;;) {
    const report = reportData(judged, limits)
    const own = pack(report)
    limits = smallerLimits(limits, sizesOf(report, own))
    if (limits === null) return { report, packed: own }
  }
}

const renderHtml = async (judged: JudgedRun): Promise<string> => {
  const script = await bundlePage()
  const {
    report: { data },
    packed: own,
  } = fitting(judged)
  const holders = (names: readonly OperationColumn[]): string =>
    names.map((name) => holder(`column-${name}`, own.columns[name])).join('\n')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyFor(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(`${data.verdict.status}: ${data.title}`)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<main id="page"></main>
${holder('data', own.data)}
${holders(FIRST_COLUMNS)}
<script>${script}</script>
${holders([...LATER_COLUMNS, ...TEXT_COLUMNS])}
${own.log === null ? '' : holder('log', own.log)}
</body>
</html>
`
}

/** Writes report.html into the run's folder and returns its path. */
export const renderReport = async (dir: string, judged: JudgedRun): Promise<string> => {
  const file = path.join(dir, FILES.report)
  const html = await renderHtml(judged)
  try {
    fs.writeFileSync(file, html)
  } catch (error) {
    // Half a page shows nothing.
    fs.rmSync(file, { force: true })
    throw error
  }
  return file
}
