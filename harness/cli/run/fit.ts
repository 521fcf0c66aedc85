/**
 * Whether a long history fits its vocabulary is found out on a thread of its own, while this one already judges: reading all
 * values takes about as long as judging them. What does not fit wins over whatever was judged of it.
 */
import os from 'node:os'
import { Worker } from 'node:worker_threads'
import { UserError } from '../../support/assert.ts'

/** What the thread is told. */
export interface FitJob {
  readonly file: string
  /** As `findWorkload` takes it. */
  readonly workload: string
}

/** What it answers: null if all fits. */
export type FitReport = { readonly message: string; readonly isUserError: boolean } | null

/** Shorter histories are looked at sooner than a thread starts. */
const LEAST_BYTES = 2 ** 24

/** Almost all objects die at once. */
const YOUNG_MB = 8

const module = (): URL =>
  new URL(import.meta.filename.endsWith('.ts') ? './fit-worker.ts' : './fit-worker.js', import.meta.url)

/** @param bytes of the file; null: it does not come from the disk as it is */
export const isWorthAThread = (bytes: number | null): boolean =>
  bytes !== null && bytes >= LEAST_BYTES && os.availableParallelism() > 1

export class Fit implements AsyncDisposable {
  readonly #worker: Worker
  /** Null: it fits. */
  readonly #complaint: Promise<Error | null>

  constructor(job: FitJob) {
    this.#worker = new Worker(module(), {
      workerData: job,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    this.#complaint = new Promise((resolve) => {
      this.#worker.on('message', (report: FitReport) => resolve(errorOf(report)))
      this.#worker.on('error', resolve)
      // After an answer this has no effect.
      this.#worker.on('exit', (code) =>
        resolve(
          new Error(`the thread that reads ${job.file} ended with code ${code} before it had answered`),
        ),
      )
    })
  }

  /**
   * What `work` returns, once it is known that the history fits.
   *
   * @throws the UserError of `checkFit` if it does not; else what `work` throws
   */
  async guard<T>(work: () => Promise<T>): Promise<T> {
    const [done] = await Promise.allSettled([work()])
    const complaint = await this.#complaint
    if (complaint !== null) throw complaint
    if (done.status === 'rejected') throw done.reason
    return done.value
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }
}

const errorOf = (report: FitReport): Error | null => {
  if (report === null) return null
  return report.isUserError ? new UserError(report.message) : new Error(report.message)
}
