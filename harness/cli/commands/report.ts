/** `faultline report`: renders a run's HTML again. */
import { renderReport } from '../../report/render.ts'
import { readVerdict } from '../../store/run-store.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { judgeRun } from '../run/judge.ts'

export const reportCommand = async (run: string): Promise<number> => {
  if (readVerdict(run) === null) await judgeRun(run)
  process.stdout.write(`${await renderReport(run)}\n`)
  return EXIT_CODES.valid
}
