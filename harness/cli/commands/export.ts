/** `faultline export`: a run's history in another format. */
import { loadRun } from '../../store/run-store.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { historyFormats } from '../output/history-formats.ts'
import { findWorkload } from '../run/find-workload.ts'
import { lookUp } from '../unknown-name.ts'

export const exportCommand = async (
  run: string,
  { format }: { readonly format: string },
): Promise<number> => {
  const { encode } = lookUp('format', historyFormats, format)
  const { record } = loadRun(run)
  const { vocabulary } = await findWorkload(record.spec?.workload ?? '')
  process.stdout.write(encode(record, vocabulary))
  return EXIT_CODES.valid
}
