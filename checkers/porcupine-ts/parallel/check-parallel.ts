/**
 * `check` on worker threads: partitions are decided in parallel, and a search that runs out of memory ends only its own
 * thread. The result is that of `check`: the first illegal partition in its order, whichever worker is fastest. A short
 * history is decided without threads, since starting one takes longer.
 */
import os from 'node:os'
import { Worker } from 'node:worker_threads'
import { byFailure, check, isColumns } from '../check.ts'
import type { Engines, History, Illegal, Limits, Result, Undecided } from '../model.ts'
import { monotonicMs } from './clock.ts'
import { loadModel, type ModelReference } from './model-reference.ts'
import { buffersOf, divide, type Shard } from './shards.ts'
import type { Job, Report } from './worker.ts'

export interface ParallelLimits extends Limits {
  /** Default: the number of processors. */
  readonly workers?: number
}

/** After the time limit a worker has this share of it left to answer; then it is terminated. */
const GRACE = 0.08
const BYTES_PER_MB = 2 ** 20

/** So few operations are first tried on this thread, within these limits. */
const SHORT = 2000
const SHORT_LIMITS = { timeMs: 100, memoryBytes: 64 * BYTES_PER_MB }

const workerModule = (): URL =>
  new URL(import.meta.filename.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url)

const NO_ENGINES: Engines = { specialised: 0, general: 0, declined: [] }

/** The result of a worker that did not answer: nothing is known of its partitions. */
const exhausted = ({ partitions }: Shard<unknown, unknown>, reason: 'time' | 'memory'): Result => {
  const undecided = partitions.map(
    ({ key, count }): Undecided => ({ reason, partition: key, passed: 0, operations: count }),
  )
  return {
    verdict: 'unknown',
    ...(undecided[0] as Undecided),
    undecided,
    decided: 0,
    partitions: partitions.length,
    help: `more ${reason}, fewer operations on one object, or fewer that never return`,
    engines: NO_ENGINES,
  }
}

/** Runs one shard in its own worker. Null: it was aborted. */
const checkShard = (
  shard: Shard<unknown, unknown>,
  task: Omit<Job, 'history' | 'places'>,
  signal: AbortSignal,
): Promise<Result | null> =>
  new Promise((resolve, reject) => {
    const { limits } = task
    const job: Job = { ...task, history: shard.history, places: shard.places }
    const worker = new Worker(workerModule(), {
      workerData: job,
      transferList: buffersOf(shard.history),
      resourceLimits: {
        maxOldGenerationSizeMb: Math.ceil((limits.memoryBytes as number) / BYTES_PER_MB),
      },
    })
    const leftMs = task.deadlineMs - monotonicMs()
    const timer = Number.isFinite(leftMs)
      ? setTimeout(() => end(exhausted(shard, 'time')), Math.max(0, leftMs) * (1 + GRACE))
      : undefined
    const end = (outcome: Result | Error | null): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      void worker.terminate()
      if (outcome instanceof Error) reject(outcome)
      else resolve(outcome)
    }
    const onAbort = (): void => end(null)
    signal.addEventListener('abort', onAbort)
    worker.on('message', (report: Report) => {
      if ('error' in report) end(new Error(report.error))
      else end('result' in report ? report.result : exhausted(shard, 'memory'))
    })
    // After an answer this has no effect. Before one, it is the only event that still arrives.
    worker.on('exit', (code) => end(new Error(`a worker ended with code ${code} before it had answered`)))
    worker.on('error', (error: Error & { code?: string }) =>
      end(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? exhausted(shard, 'memory') : error),
    )
  })

/** Translates the indices of what was found in a shard into indices of the input. */
const translate = (found: Illegal, { index }: Shard<unknown, unknown>): Illegal => {
  const back = (i: number): number => index[i] as number
  return {
    ...found,
    blocked: back(found.blocked),
    prefix: found.prefix.map(back),
    witness: found.witness.map(back),
  }
}

/** The memory that workers share: the lowest place that was found illegal, then the place of each worker. See `Job`. */
const makeBoard = (workers: number): Int32Array => {
  const board = new Int32Array(new SharedArrayBuffer(4 * (1 + workers)))
  board[0] = 2 ** 31 - 1
  return board
}

interface Answer {
  readonly shard: Shard<unknown, unknown>
  readonly result: Result
}

/** What was found illegal, and where that is: what failed first; if only one was looked for, the lowest place. */
const illegalIn = (
  answers: readonly Answer[],
  mostIllegal: number,
): readonly { readonly place: number; readonly found: Illegal }[] =>
  answers
    .flatMap(({ shard, result }) => {
      if (result.verdict !== 'illegal') return []
      const { others, undecided: _, engines: __, ...first } = result
      return [first, ...others].map((found) => {
        const at = shard.partitions.findIndex(({ key }) => key === found.partition)
        return { place: shard.places[at] as number, found: translate(found, shard) }
      })
    })
    .sort((a, b) => (mostIllegal === 1 ? 0 : byFailure(a.found, b.found)) || a.place - b.place)

const merge = (answers: readonly Answer[], partitions: number, mostIllegal: number): Result => {
  const results = answers.map(({ result }) => result)
  const engines: Engines = {
    specialised: results.reduce((sum, result) => sum + result.engines.specialised, 0),
    general: results.reduce((sum, result) => sum + result.engines.general, 0),
    declined: [...new Set(results.flatMap((result) => result.engines.declined))],
  }
  const undecided = results.flatMap((result) => (result.verdict === 'ok' ? [] : result.undecided))
  const [illegal, ...others] = illegalIn(answers, mostIllegal)
    .slice(0, mostIllegal)
    .map(({ found }) => found)
  if (illegal !== undefined) return { ...illegal, others, undecided, engines }
  const unknown = results.find((result) => result.verdict === 'unknown')
  if (unknown === undefined) return { verdict: 'ok', partitions, engines }
  const decided = results.reduce(
    (sum, result) =>
      sum + (result.verdict === 'ok' ? result.partitions : result.verdict === 'unknown' ? result.decided : 0),
    0,
  )
  return { ...unknown, undecided, decided, partitions, engines }
}

const atMost = ({
  timeMs = SHORT_LIMITS.timeMs,
  memoryBytes = SHORT_LIMITS.memoryBytes,
  mostIllegal = 1,
}: Limits): Limits => ({
  mostIllegal,
  timeMs: Math.min(timeMs, SHORT_LIMITS.timeMs),
  memoryBytes: Math.min(memoryBytes, SHORT_LIMITS.memoryBytes),
})

/**
 * @throws MalformedHistoryError naming the operation, if the input is not a valid history; Error if the model cannot be
 * loaded.
 */
export const checkParallel = async (
  reference: ModelReference,
  history: History<unknown, unknown>,
  limits: ParallelLimits = {},
): Promise<Result> => {
  const deadlineMs = monotonicMs() + (limits.timeMs ?? Number.POSITIVE_INFINITY)
  const workers = limits.workers ?? os.availableParallelism()
  const model = await loadModel(reference)
  if ((isColumns(history) ? history.call.length : history.length) <= SHORT) {
    const result = check(model, history, atMost(limits))
    if (result.verdict === 'ok' || (result.verdict === 'illegal' && result.undecided.length === 0))
      return result
  }
  const shards = divide(model, history, workers)
  const { mostIllegal = 1 } = limits
  const each: Limits = {
    mostIllegal,
    memoryBytes: (limits.memoryBytes ?? os.freemem() / 2) / shards.length,
  }
  const board = makeBoard(shards.length)
  const stops = shards.map(() => new AbortController())
  /** Ends the workers that are beyond the lowest illegal partition. */
  const stopBeyond = (place: number): void => {
    if (place < Atomics.load(board, 0)) Atomics.store(board, 0, place)
    for (const [worker, stop] of stops.entries())
      if (Atomics.load(board, 1 + worker) > Atomics.load(board, 0)) stop.abort()
  }
  const answers = await Promise.all(
    shards.map(async (shard, worker): Promise<readonly Answer[]> => {
      const task = { model: reference, limits: each, deadlineMs, board, worker }
      const result = await checkShard(shard, task, (stops[worker] as AbortController).signal)
      if (result?.verdict === 'illegal' && mostIllegal === 1) stopBeyond(Atomics.load(board, 1 + worker))
      return result === null ? [] : [{ shard, result }]
    }),
  )
  return merge(
    answers.flat(),
    shards.reduce((sum, { places }) => sum + places.length, 0),
    mostIllegal,
  )
}
