/** `faultline report`: renders the HTML report of a run again. */
import { renderReport } from '../../report/render.ts'
import { readVerdict } from '../../store/run-store.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { judgeRun } from '../run/judge.ts'

export const reportCommand = async (run: string): Promise<number> => {
  const file = readVerdict(run) === null ? renderReport(run, await judgeRun(run)) : renderReport(run)
  process.stdout.write(`${await file}\n`)
  return EXIT_CODES.valid
}
