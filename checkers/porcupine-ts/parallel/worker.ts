/** The other end of `check-parallel.ts`: checks one shard. */
import { parentPort, workerData } from 'node:worker_threads'
import { check } from '../check.ts'
import { isOutOfMemory } from '../general/out-of-memory.ts'
import type { History, Limits, Result } from '../model.ts'
import { loadModel, type ModelReference } from './model-reference.ts'

export interface Job {
  readonly model: ModelReference
  readonly history: History<unknown, unknown>
  readonly limits: Limits
  /** The place of each partition among those of all workers. */
  readonly places: Int32Array
  /** Shared: the lowest place that was found illegal, then the place that each worker is at. */
  readonly board: Int32Array
  /** Which worker this is. */
  readonly worker: number
}

export type Report = { readonly result: Result } | { readonly exhausted: true } | { readonly error: string }

const run = async ({ model, history, limits, places, board, worker }: Job): Promise<Report> => {
  const goesOn = (place: number): boolean => {
    const mine = places[place] as number
    Atomics.store(board, 1 + worker, mine)
    return mine < Atomics.load(board, 0)
  }
  try {
    return { result: check(await loadModel(model), history, limits, goesOn) }
  } catch (error) {
    return isOutOfMemory(error) ? { exhausted: true } : { error: String(error) }
  }
}

parentPort?.postMessage(await run(workerData as Job))
