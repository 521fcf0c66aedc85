/** A run's record as one self-contained HTML file with data, styles and scripts. It fetches nothing. */
import fs from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import type { RunRecord } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { FILES, loadRun, readVerdict } from '../store/run-store.ts'
import { UserError } from '../support/assert.ts'
import { type ReportData, reportData } from './data.ts'
import { pageStyle } from './style.ts'

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
  return result.outputFiles[0]?.text ?? ''
}

/** Escapes `<`, since `</script>` inside the data would end the script element that holds it. */
const embed = (data: ReportData): string => JSON.stringify(data).replaceAll('<', '\\u003c')

const renderHtml = async (data: ReportData): Promise<string> => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${data.verdict.status}: ${data.title.replaceAll('<', '&lt;')}</title>
<style>${await pageStyle()}</style>
</head>
<body>
<main id="page"></main>
<script type="application/json" id="data">${embed(data)}</script>
<script>${(await bundlePage()).replaceAll('</script', '<\\/script')}</script>
</body>
</html>
`

export interface JudgedRun {
  readonly record: RunRecord
  readonly verdict: RunVerdict
}

const readJudgedRun = (dir: string): JudgedRun => {
  const verdict = readVerdict(dir)
  if (verdict === null)
    throw new UserError(`${dir} has no verdict yet: run \`faultline check ${dir}\` first.`)
  return { record: loadRun(dir).record, verdict }
}

/**
 * Writes report.html into the run's folder and returns its path.
 *
 * @param judged the run, if it is in memory; absent: it is read from the folder
 */
export const renderReport = async (
  dir: string,
  { record, verdict }: JudgedRun = readJudgedRun(dir),
): Promise<string> => {
  const file = path.join(dir, FILES.report)
  const html = await renderHtml(reportData(record, verdict))
  try {
    fs.writeFileSync(file, html)
  } catch (error) {
    // Half a page shows nothing.
    fs.rmSync(file, { force: true })
    throw error
  }
  return file
}
