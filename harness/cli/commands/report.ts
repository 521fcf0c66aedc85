/** `faultline report`: renders the HTML report of a run again. */
import { renderReport } from '../../report/render.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { judgedRun } from '../run/judge.ts'

export const reportCommand = async (run: string): Promise<number> => {
  process.stdout.write(`${await renderReport(run, await judgedRun(run))}\n`)
  return EXIT_CODES.valid
}
