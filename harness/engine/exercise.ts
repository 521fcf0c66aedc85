/** The main part of a run: clients and faults act on a started cluster until the end or an interruption. */
import type { ClusterNode } from '../api/environment.ts'
import type { OpGenerator } from '../api/generator.ts'
import type { Call } from '../api/history.ts'
import type { PlannedFault } from '../api/nemesis.ts'
import type { FaultEvent, Recovery } from '../api/record.ts'
import type { Target } from '../api/target.ts'
import type { Workload } from '../api/workload.ts'
import { any, stagger, timeLimit, until } from '../generators/combinators.ts'
import { onClients, onNemesis } from '../generators/threads.ts'
import { messageOf, UserError } from '../support/assert.ts'
import { NS_PER_MS, NS_PER_S } from '../support/time.ts'
import { ClientLog } from './client-log.ts'
import { ClientPool, nodeIndexOf } from './client-pool.ts'
import { nemesisContext } from './cluster-plan.ts'
import { planFaults } from './fault-plan.ts'
import { type FaultCall, FaultRunner, faultGenerator } from './fault-runner.ts'
import { Interpreter } from './interpreter.ts'
import { enterPhase, FaultLog, logPlan } from './log-events.ts'
import type { Moments } from './moments.ts'
import { patienceMs } from './patience.ts'
import { requireDisks } from './provision.ts'
import { type Drive, type Driven, finish } from './recovery.ts'
import type { RunParts, StartedRun } from './run-parts.ts'
import type { Sampler } from './sampler.ts'
import { Scheduler } from './scheduler.ts'
import { provesService, type ServiceLevel } from './service-level.ts'
import { watchSources } from './source-watch.ts'

/** @throws UserError if the target does not speak the workload's vocabulary. */
export const clientFor = (target: Target, workload: Workload): Target['clients'][string] => {
  const client = target.clients[workload.vocabulary.name]
  if (client !== undefined) return client
  throw new UserError(
    `${target.name} does not speak the ${workload.vocabulary.name} vocabulary, which the workload ${workload.name} needs. ` +
      `It speaks: ${Object.keys(target.clients).join(', ')}.`,
  )
}

const mainGenerator = (run: StartedRun, plans: readonly (readonly PlannedFault[])[]): OpGenerator => {
  const { spec, workload, stop } = run.parts
  const clients = workload.generator(run.rng.fork('workload'), spec.workloadOptions, {
    concurrency: spec.concurrency,
    nodes: spec.nodes,
  })
  const paced = spec.rate > 0 ? stagger(run.rng.fork('pace'), NS_PER_S / spec.rate, clients) : clients
  const faults = plans.map((plan, which) => onNemesis(spec.concurrency, which, faultGenerator(plan)))
  const all = any(onClients(spec.concurrency, paced), ...faults)
  return until(stop, timeLimit(spec.timeLimitMs * NS_PER_MS, all))
}

const faultRecorder = ({ recorder, log }: RunParts): ((event: FaultEvent) => void) => {
  const faultLog = new FaultLog(log)
  return (event) => {
    recorder.fault(event)
    faultLog.record(event)
  }
}

/** What is known of the running cluster besides its nodes. */
export interface Observed {
  readonly sampler: Sampler
  readonly moments: Moments
  readonly service: ServiceLevel
  /** How long a node takes to start, as plans use it. */
  readonly startUpNs: number
  /** Whether it is known where clients connect from. */
  readonly knowsSources: boolean
}

const schedulerOf = (
  run: StartedRun,
  { moments, service, startUpNs }: Observed,
  recordFault: (event: FaultEvent) => void,
): Scheduler<Call> => {
  const { parts, cluster, claims, rng } = run
  const { spec, recorder, progress, workload } = parts
  const nodes = cluster.nodes.map((node) => node.name)
  logPlan(parts, startUpNs)
  const plans = planFaults(parts, nodes, claims, startUpNs)
  for (const fault of plans.flat()) recordFault({ type: 'planned', fault })
  return new Scheduler({
    generator: mainGenerator(run, plans),
    concurrency: spec.concurrency,
    nemeses: spec.nemeses.length,
    rng,
    nodeOf: (process) =>
      (cluster.nodes[nodeIndexOf(process % spec.concurrency, nodes.length)] as ClusterNode).name,
    record: (operation) => {
      recorder.operation(operation)
      progress.operation(operation)
      if (!provesService(workload.vocabulary, operation)) return
      service.acknowledged()
      moments.happened('acknowledged')
    },
  })
}

/**
 * Returns a function that runs the scheduler until it is done. Calls of clients go to the pool, and calls of nemeses to
 * the fault runner. What is read at the end is waited for.
 */
const driverOf = (
  { parts, clock, cluster }: StartedRun,
  scheduler: Scheduler<Call>,
  pool: ClientPool,
  faults: FaultRunner,
): Drive => {
  const { spec, progress, signal, stop } = parts
  const { operationTimeoutMs } = spec
  return (underFaults) =>
    new Interpreter(scheduler, {
      concurrency: spec.concurrency,
      patienceMs: (thread) =>
        underFaults ? patienceMs(thread, cluster.nodes.length, operationTimeoutMs) : operationTimeoutMs,
      clock,
      signal,
      wake: stop,
      onCrash: (thread) => pool.discard(thread),
      invoke: async (thread, call, opSignal) => {
        if (thread < spec.concurrency) return pool.invoke(thread, call, opSignal)
        const outcome = await faults.invoke(call as FaultCall)
        progress.activeFaults(faults.active)
        return outcome
      },
    }).run()
}

export interface Exercised {
  /** Null: recovery was not observed. */
  readonly recovery: Recovery | null
  /** Why the run ended early; null if it was completed. */
  readonly aborted: string | null
}

const driveAndFinish = async (run: StartedRun, driven: Driven): Promise<Exercised> => {
  const { faults, drive } = driven
  const { signal, stop, hold } = run.parts
  const isHeldAsItIs = (): boolean => stop.aborted && hold !== null && !signal.aborted
  run.last.defer(() => faults.healAll())
  try {
    enterPhase(run.parts, 'running')
    await drive(run.parts.spec.nemeses.length > 0)
    requireDisks(run.cluster)
    for (const each of [signal, stop])
      if (each.aborted) return { recovery: null, aborted: messageOf(each.reason) }
    const recovery = await finish(run, driven)
    return { recovery, aborted: signal.aborted ? messageOf(signal.reason) : null }
  } catch (error) {
    if (signal.aborted) return { recovery: null, aborted: messageOf(signal.reason) }
    throw error
  } finally {
    if (!isHeldAsItIs()) await faults.healAll()
  }
}

/** Drives clients and faults to the end of the run. Whatever happens, no fault is left in force, unless the cluster is held as it is. */
export const exercise = async (run: StartedRun, observed: Observed): Promise<Exercised> => {
  const { parts, cluster, clock } = run
  const { spec, target, log } = parts
  const recordFault = faultRecorder(parts)
  const scheduler = schedulerOf(run, observed, recordFault)
  using clients = new ClientLog(log)
  await using pool = new ClientPool({
    client: clientFor(target, parts.workload),
    vocabulary: parts.workload.vocabulary,
    cluster,
    concurrency: spec.concurrency,
    options: spec.targetOptions,
    log: clients,
    errors: run.errors,
    processOf: (thread) => scheduler.processOf(thread),
  })
  await using _sources = observed.knowsSources ? null : watchSources(run, observed.service)
  const faults = new FaultRunner({
    nemeses: parts.nemeses,
    context: nemesisContext(run, observed.sampler),
    clock,
    moments: observed.moments,
    service: observed.service,
    record: recordFault,
    signal: parts.signal,
    stop: parts.stop,
    staysWhenStopped: parts.hold !== null,
  })
  const drive = driverOf(run, scheduler, pool, faults)
  return await driveAndFinish(run, { scheduler, faults, drive, service: observed.service })
}
