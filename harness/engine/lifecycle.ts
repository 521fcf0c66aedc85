/**
 * One run from provisioning to teardown, inside its sandbox: start the cluster, drive clients and faults, heal, wait for
 * recovery, read everything back, take the cluster down. It does not judge; it only leaves its records on disk.
 */
import os from 'node:os'
import type { Cluster, ClusterNode } from '../api/environment.ts'
import type { RunFacts } from '../api/record.ts'
import type { NodeStatus, Target } from '../api/target.ts'
import { messageOf } from '../support/assert.ts'
import { rngFromSeed } from '../support/random.ts'
import { NS_PER_MS } from '../support/time.ts'
import { sleep, waitUntil } from '../support/wait.ts'
import { EndWatch } from './endings.ts'
import { ErrorTally } from './error-tally.ts'
import { clientFor, exercise } from './exercise.ts'
import { plannedStartUpNs } from './fault-plan.ts'
import { lookAtSources } from './first-read.ts'
import { enterPhase, logDelays, StatusLog } from './log-events.ts'
import { MachineMonitor } from './machine.ts'
import { Moments } from './moments.ts'
import { keepServices, keptLogs, provision, startCluster } from './provision.ts'
import type { RunParts, StartedRun } from './run-parts.ts'
import { SampleThinner } from './sample-thinner.ts'
import { areApart, LeaderChanges, Sampler } from './sampler.ts'
import { ServiceLevel } from './service-level.ts'

const SETTLE_MS = 500
/** All samples are recorded from so long before the end of the load on. */
const WHOLE_END_MS = 60_000

const versionsOf = async (
  target: Pick<Target, 'name' | 'status'>,
  cluster: Cluster,
): Promise<RunFacts['versions']> => {
  const first = cluster.nodes[0] as ClusterNode
  let version: string | undefined
  try {
    version = (await target.status?.({ node: first.name, address: first.address }, AbortSignal.timeout(1000)))
      ?.version
  } catch (error) {
    version = `unknown (${messageOf(error)})`
  }
  return {
    node: process.version,
    kernel: os.release(),
    ...(version === undefined ? {} : { [target.name]: version }),
  }
}

/** Samples every replica after the last writes, and waits until all agree, for as long as recovery may take. */
const settle = async ({ parts, claims }: StartedRun, sampler: Sampler): Promise<void> => {
  if (parts.stop.aborted) return
  await sleep(SETTLE_MS)
  const together = async (): Promise<boolean> => !areApart(await sampler.sampleAll())
  await waitUntil(together, claims.recoversWithinMs ?? 0, SETTLE_MS, parts.signal).catch(() => false)
}

/** Nanoseconds since it was created or last reset. */
class RunClock {
  #startNs = process.hrtime.bigint()

  readonly now = (): number => Number(process.hrtime.bigint() - this.#startNs)

  /** Returns the new start time, as `process.hrtime.bigint()` has it. */
  reset(): bigint {
    this.#startNs = process.hrtime.bigint()
    return this.#startNs
  }
}

/** The target's status, whose errors are counted. */
const watchedStatus = (target: Target, errors: ErrorTally): Pick<Target, 'status'> => {
  if (target.status === undefined) return {}
  return {
    status: (node, signal) =>
      errors.watch('status', node.node, async () => target.status?.(node, signal) as Promise<NodeStatus>),
  }
}

const whereabouts = ({ name, address }: ClusterNode): Record<string, string> => ({ name, address })

/** Drives clients and faults, waits for recovery, reads everything back. The cluster is as it was then when this resolves. */
const observe = async (
  run: StartedRun,
  { startUpNs, restartClock }: { readonly startUpNs: number; readonly restartClock: () => bigint },
): Promise<Omit<RunFacts, 'startedAt' | 'endedAt' | 'versions'>> => {
  const { parts, cluster, errors } = run
  const { target, recorder, log } = parts
  const knowsSources = await lookAtSources(run)
  await using _capture = (await parts.capture?.(cluster)) ?? null
  const changes = new LeaderChanges()
  const thinner = new SampleThinner({
    wholeFromNs: (parts.spec.timeLimitMs - WHOLE_END_MS) * NS_PER_MS,
  })
  const statuses = new StatusLog(log)
  // Times in the history, the faults and the samples count from here.
  recorder.started(restartClock(), keptLogs(run))
  const zeroAt = new Date().toISOString()
  const over = AbortSignal.any([parts.signal, parts.stop])
  const moments = new Moments(() => sampler.leader(), over)
  await using sampler = new Sampler(watchedStatus(target, errors), cluster.nodes, run.clock, (sample) => {
    changes.sampled(sample)
    moments.sampled(sample)
    for (const each of thinner.next(sample)) recorder.sample(each)
    statuses.record(sample)
  })
  await using ends = new EndWatch({
    nodes: cluster.nodes,
    logDir: parts.logDir,
    restartsAfterMs: target.restartsAfterMs,
    clock: run.clock,
    log,
    signal: parts.signal,
  })
  await using machine = new MachineMonitor(run.clock, (sample) => recorder.machine(sample))
  const exercised = await exercise(run, {
    sampler,
    moments,
    service: new ServiceLevel(run.clock, over),
    startUpNs: plannedStartUpNs(startUpNs),
    knowsSources,
  })
  await settle(run, sampler)
  for (const each of thinner.rest()) recorder.sample(each)
  const eventLoopDelayMs = machine.delays()
  logDelays(log, eventLoopDelayMs)
  keepServices(run)
  return {
    zeroAt,
    ...changes.facts(),
    eventLoopDelayMs,
    services: cluster.services.map(({ name }) => name),
    errors: errors.list(),
    ...ends.facts(),
    ...exercised,
  }
}

/**
 * Runs the spec and returns the facts.
 *
 * @throws UserError if the target does not speak the workload's vocabulary, or the cluster could not be started.
 */
export const runLifecycle = async (parts: RunParts): Promise<RunFacts> => {
  const { spec, target, log } = parts
  const startedAt = new Date().toISOString()
  clientFor(target, parts.workload)
  enterPhase(parts, `provisioning (${parts.environment.name})`)
  const clock = new RunClock()
  await using cluster = await provision(parts)
  await using last = new AsyncDisposableStack()
  log.info('cluster provisioned', { hosts: [...cluster.nodes, ...cluster.services].map(whereabouts) })
  const claims = target.claims(spec.targetOptions, parts.workload.vocabulary)
  const errors = new ErrorTally()
  using _strays = errors.catchStrays(log)
  const rng = rngFromSeed(spec.seed)
  const run: StartedRun = { parts, cluster, last, rng, claims, errors, clock: clock.now }
  const startUpNs = await startCluster(run)
  const versions = await versionsOf({ name: target.name, ...watchedStatus(target, errors) }, cluster)
  log.info('versions', versions)
  const observed = await observe(run, { startUpNs, restartClock: () => clock.reset() })
  const facts = { startedAt, endedAt: new Date().toISOString(), versions, ...observed }
  if (parts.hold !== null) {
    enterPhase(parts, 'judging while the cluster stands')
    await parts.hold(cluster, facts)
  }
  enterPhase(parts, 'taking the cluster down')
  return facts
}
