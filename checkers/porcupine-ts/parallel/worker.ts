/** The other end of `check-parallel.ts`: checks one shard. */
import { parentPort, workerData } from 'node:worker_threads'
import { check } from '../check.ts'
import type { History, Limits, Result } from '../model.ts'
import { loadModel, type ModelReference } from './model-reference.ts'

export interface Job {
  readonly model: ModelReference
  readonly history: History<unknown, unknown>
  readonly limits: Limits
}

export type Report = { readonly result: Result } | { readonly exhausted: true } | { readonly error: string }

/** V8 says so where the machine has no memory for an array. */
const isOutOfMemory = (error: unknown): boolean =>
  error instanceof RangeError && /allocation failed|Invalid typed array length/.test(error.message)

const run = async ({ model, history, limits }: Job): Promise<Report> => {
  try {
    return { result: check(await loadModel(model), history, limits) }
  } catch (error) {
    return isOutOfMemory(error) ? { exhausted: true } : { error: String(error) }
  }
}

parentPort?.postMessage(await run(workerData as Job))
