/** `faultline show`: what a run found, in the terminal. */
import fs from 'node:fs'
import path from 'node:path'
import { FILES } from '../../store/run-store.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { showText } from '../output/show.ts'
import { judgedRun } from '../run/judge.ts'

export const showCommand = async (run: string): Promise<number> => {
  const judged = await judgedRun(run)
  const report = path.join(run, FILES.report)
  const shown = fs.existsSync(report) ? { ...judged, reportFile: report } : judged
  process.stdout.write(showText(shown, process.stdout.isTTY === true))
  return EXIT_CODES.valid
}
