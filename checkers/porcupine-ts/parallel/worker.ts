/** The worker of `check-parallel.ts`: checks one shard. */
import { parentPort, workerData } from 'node:worker_threads'
import { check } from '../check.ts'
import { isOutOfMemory } from '../general/out-of-memory.ts'
import type { History, Limits, Result } from '../model.ts'
import { monotonicMs } from './clock.ts'
import { loadModel, type ModelReference } from './model-reference.ts'

export interface Job {
  readonly model: ModelReference
  readonly history: History<unknown, unknown>
  /** Without the time limit. */
  readonly limits: Limits
  /** When to give up, by `monotonicMs`; Infinity: never. A time, since starting a thread takes time too. */
  readonly deadlineMs: number
  /** For each partition, its place among those of all workers. */
  readonly places: Int32Array
  /** Shared by all workers: the lowest place that was found illegal, then the present place of each worker. */
  readonly board: Int32Array
  /** Number of this worker. */
  readonly worker: number
}

export type Report = { readonly result: Result } | { readonly exhausted: true } | { readonly error: string }

const run = async (job: Job): Promise<Report> => {
  const { model, history, limits, deadlineMs, places, board, worker } = job
  // If several illegal partitions are asked for, each worker finds its own.
  const isAll = (limits.mostIllegal ?? 1) > 1
  const goesOn = (place: number): boolean => {
    const mine = places[place] as number
    Atomics.store(board, 1 + worker, mine)
    return isAll || mine < Atomics.load(board, 0)
  }
  try {
    const loaded = await loadModel(model)
    const timeMs = Math.max(0, deadlineMs - monotonicMs())
    return { result: check(loaded, history, { ...limits, timeMs }, goesOn) }
  } catch (error) {
    return isOutOfMemory(error) ? { exhausted: true } : { error: String(error) }
  }
}

parentPort?.postMessage(await run(workerData as Job))
