/** The verdict for machines, on one line: the contents of verdict.json; for a run, also its folder and report. */
import type { OutputFormat } from './format.ts'

export const json: OutputFormat = {
  name: 'json',
  description: 'verdict.json on one line, for machines',
  render: ({ verdict, folder, reportFile }) => {
    const where = reportFile === undefined ? {} : { runDir: folder, reportFile }
    return `${JSON.stringify({ ...where, ...verdict })}\n`
  },
}
