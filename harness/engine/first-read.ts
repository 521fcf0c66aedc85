/**
 * Before faults are planned, one client reads. This shows early whether clients connect from the addresses that they
 * are given. The read is not part of the history: it changes nothing.
 */
import type { Call } from '../api/history.ts'
import type { Rng } from '../api/random.ts'
import type { RunSpec } from '../api/record.ts'
import type { Workload } from '../api/workload.ts'
import { sleep } from '../support/wait.ts'
import { ClientLog } from './client-log.ts'
import { ClientPool } from './client-pool.ts'
import { clientFor } from './exercise.ts'
import type { StartedRun } from './run-parts.ts'
import { Scheduler } from './scheduler.ts'
import { lookWhile } from './source-watch.ts'

/** Steps of the workload among which a read is looked for. Some workloads have none, such as those of locks. */
const STEPS = 500
/** Reads that are answered before the looks end: a short-lived connection may be missed by each. */
const READS = 10
const READ_TIMEOUT_MS = 2000
const AGAIN_AFTER_MS = 50
/** Not the process of any client of the run: a client may number its calls by it. */
const PROCESS = -1

/** The first call of the run's workload that changes nothing. Null: there is none, or none soon. */
export const firstReadOf = (
  workload: Workload,
  { concurrency, nodes, workloadOptions }: Pick<RunSpec, 'concurrency' | 'nodes' | 'workloadOptions'>,
  rng: Rng,
): Call | null => {
  const generator = workload.generator(rng.fork('workload'), workloadOptions, { concurrency, nodes })
  const scheduler = new Scheduler({ generator, concurrency, nemeses: 0, rng, record: () => {} })
  let nowNs = 0
  for (let steps = 0; steps < STEPS; steps++) {
    const decision = scheduler.poll(nowNs)
    if (decision.type === 'done' || (decision.type === 'wait' && decision.untilNs === null)) return null
    if (decision.type === 'wait') {
      nowNs = decision.untilNs as number
      continue
    }
    const { call, thread } = decision
    const definition = workload.vocabulary.calls[call.f]
    if (definition?.changes(call.value) === false && definition.delivers !== true) return call
    scheduler.complete(thread, { type: 'fail', error: 'not sent' }, nowNs)
  }
  return null
}

/** Asks until there are answers. What a client throws here it will throw in the run, where it is counted. */
const readUntilAnswered = async (pool: ClientPool, call: Call, signal: AbortSignal): Promise<boolean> => {
  for (let answers = 0; answers < READS; ) {
    if (signal.aborted) return false
    const outcome = await pool.invoke(0, call, signal).catch(() => null)
    if (outcome?.type === 'ok') answers++
    else await sleep(AGAIN_AFTER_MS, signal)
  }
  return true
}

/** Returns whether there were answers in time, before it was stopped. */
const read = async (
  { parts, cluster, errors }: StartedRun,
  call: Call,
  stop: AbortSignal,
): Promise<boolean> => {
  using log = new ClientLog(parts.log)
  await using pool = new ClientPool({
    client: clientFor(parts.target, parts.workload),
    vocabulary: parts.workload.vocabulary,
    cluster,
    concurrency: 1,
    options: parts.spec.targetOptions,
    log,
    errors,
    processOf: () => PROCESS,
  })
  const deadline = new AbortController()
  const signal = AbortSignal.any([parts.signal, stop, deadline.signal])
  const isAnswered = readUntilAnswered(pool, call, signal).catch(() => false)
  const isLate = sleep(READ_TIMEOUT_MS, signal).then(
    () => false,
    () => false,
  )
  return await Promise.race([isAnswered, isLate]).finally(() => deadline.abort())
}

/** Says so if a client connects from elsewhere than it should. Returns whether that is settled. */
export const lookAtSources = async (run: StartedRun): Promise<boolean> => {
  const { spec, workload } = run.parts
  if (spec.nemeses.length === 0) return false
  const call = firstReadOf(workload, spec, run.rng.fork('first read'))
  if (call === null) return false
  return await lookWhile((stop) => read(run, call, stop), run)
}
