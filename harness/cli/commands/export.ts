/** `faultline export`: a run's history in another format. */
import { loadRun } from '../../store/run-store.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { historyFormats } from '../output/history-formats.ts'
import { lookUp } from '../unknown-name.ts'

export const exportCommand = async (
  run: string,
  { format }: { readonly format: string },
): Promise<number> => {
  process.stdout.write(lookUp('format', historyFormats, format).encode(loadRun(run).record))
  return EXIT_CODES.valid
}
