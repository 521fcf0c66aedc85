/** `faultline clean`: undoes the remaining effects of dead runs, from their journals. */
import { cleanUpDeadRuns } from '../../faults/cleanup.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'

export const cleanCommand = async (): Promise<number> => {
  const { cleaned, failures } = await cleanUpDeadRuns()
  for (const stateDir of cleaned) process.stdout.write(`undone: ${stateDir}\n`)
  for (const failure of failures) process.stderr.write(`could not be undone: ${failure}\n`)
  if (cleaned.length === 0) process.stdout.write('No dead run left anything.\n')
  return failures.length === 0 ? EXIT_CODES.valid : EXIT_CODES.harnessFailed
}
