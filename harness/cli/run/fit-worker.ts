/** The thread of `fit.ts`. */
import { parentPort, workerData } from 'node:worker_threads'
import { checkFit } from '../../history/decode.ts'
import { findHistory } from '../../store/history-file.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { findWorkload } from './find-workload.ts'
import type { FitJob, FitReport } from './fit.ts'

const report = async ({ file, workload }: FitJob): Promise<FitReport> => {
  try {
    checkFit(findHistory(file), (await findWorkload(workload)).vocabulary)
    return null
  } catch (error) {
    return { message: messageOf(error), isUserError: error instanceof UserError }
  }
}

parentPort?.postMessage(await report(workerData as FitJob))
