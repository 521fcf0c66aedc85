/**
 * One run from provisioning to teardown, inside its sandbox: start the cluster, drive clients and faults, heal,
 * wait for recovery, read everything back, take the cluster down. It judges nothing: what it leaves is on disk.
 */
import os from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Claims } from '../api/claims.ts'
import type { Cluster, ClusterNode, Environment, ProvisionSpec } from '../api/environment.ts'
import type { OpGenerator } from '../api/generator.ts'
import type { Call, Operation } from '../api/history.ts'
import type { UndoJournal } from '../api/journal.ts'
import type { Nemesis, PlannedFault } from '../api/nemesis.ts'
import type { Options } from '../api/options.ts'
import type { Rng } from '../api/random.ts'
import type { Recovery, RunFacts, RunSpec, Sample } from '../api/record.ts'
import type { NodeIdentity, ServiceSpec, Target } from '../api/target.ts'
import type { Workload } from '../api/workload.ts'
import { any, stagger, timeLimit } from '../generators/combinators.ts'
import { onClients, onNemesis } from '../generators/threads.ts'
import { messageOf, UserError } from '../support/assert.ts'
import { rngFromSeed } from '../support/random.ts'
import { NS_PER_MS, NS_PER_S } from '../support/time.ts'
import { sleep, waitUntil } from '../support/wait.ts'
import { ClientPool, nodeIndexOf } from './client-pool.ts'
import { clusterPlan, nemesisContext, servicesFor } from './cluster-plan.ts'
import { type FaultCall, FaultRunner, faultGenerator } from './fault-runner.ts'
import { interpret } from './interpret.ts'
import { awaitReady, type Member, startMembers } from './members.ts'
import { areApart, leaderChangesOf, Sampler } from './sampler.ts'
import { Scheduler } from './scheduler.ts'

const FINAL_PHASE_MS = 60_000
const SETTLE_MS = 500

/** Where a run writes what it sees, as it sees it. */
export interface Recorder {
  operation(operation: Operation): void
  fault(event: Parameters<ConstructorParameters<typeof FaultRunner>[0]['record']>[0]): void
  sample(sample: Sample): void
  /** A file that a service kept. */
  service(name: string, file: string): void
}

/** What the terminal is told. */
export interface Progress {
  phase(text: string): void
  /** Called for every operation; cheap. */
  operation(operation: Operation): void
  activeFaults(ids: readonly string[]): void
}

export interface RunParts {
  readonly spec: RunSpec
  readonly target: Target
  readonly workload: Workload
  readonly nemeses: Readonly<Record<string, Nemesis>>
  readonly environment: Environment
  readonly program: (name: string) => string
  readonly stateDir: string
  readonly logDir: string
  readonly journal: UndoJournal
  readonly recorder: Recorder
  readonly progress: Progress
  readonly signal: AbortSignal
}

interface Running {
  readonly parts: RunParts
  readonly cluster: Cluster
  readonly rng: Rng
  readonly claims: Claims
  readonly clock: () => number
}

/** All faults of a run, by nemesis: a pure function of the spec. */
export const planFaults = (
  parts: Pick<RunParts, 'spec' | 'nemeses' | 'target'>,
  nodes: readonly string[],
  claims: Claims,
): readonly (readonly PlannedFault[])[] => {
  const { spec, nemeses } = parts
  const recorded = spec.faults
  if (recorded !== undefined)
    return spec.nemeses.map(({ name }) => recorded.filter(({ nemesis }) => nemesis === name))
  const rng = rngFromSeed(spec.seed)
  return spec.nemeses.map(({ name, options }) =>
    (nemeses[name] as Nemesis).plan(rng.fork('nemesis', name), options, {
      target: parts.target,
      targetOptions: spec.targetOptions,
      nodes,
      clientGroups: spec.clientGroups,
      timeLimitNs: spec.timeLimitMs * NS_PER_MS,
      tolerates: claims.tolerates,
    }),
  )
}

/** Disks that can fail, where a nemesis needs them: chosen here, before anything is on them. */
const disksOf = ({ spec, nemeses }: RunParts): ProvisionSpec['disks'] => {
  const user = spec.nemeses.find(({ name }) => nemeses[name]?.needs.includes('disk'))
  if (user === undefined) return null
  return { durability: user.options.durability === 'ext4' ? 'ext4' : 'strict', seed: spec.seed }
}

const provision = (parts: RunParts): Promise<Cluster> => {
  const { spec, target, environment } = parts
  const services = servicesFor(target, spec)
  const plan = clusterPlan(parts)
  return environment.provision(
    {
      runId: spec.runId,
      nodes: plan.nodes.map((identity) => ({
        identity,
        launch: target.launch(identity, plan, parts.program),
        image: target.image,
      })),
      services: services.map((service, i) => {
        const identity = plan.services[i] as NodeIdentity
        return {
          identity,
          launch: service.launch(identity, parts.program),
          image: service.image === undefined ? target.image : (service.image ?? undefined),
        }
      }),
      clientGroups: spec.clientGroups,
      disks: disksOf(parts),
      stateDir: parts.stateDir,
      logDir: parts.logDir,
      journal: parts.journal,
    },
    parts.signal,
  )
}

const nodesOf = ({ cluster, parts }: Running): readonly Member[] =>
  cluster.nodes.map((node) => ({ node, ready: (endpoint, signal) => parts.target.ready(endpoint, signal) }))

const servicesOf = ({ cluster, parts }: Running): readonly Member[] =>
  cluster.services.map((node, i) => {
    const service = servicesFor(parts.target, parts.spec)[i] as ServiceSpec
    return { node, ready: (endpoint, signal) => service.ready(endpoint, signal) }
  })

const startCluster = async (running: Running): Promise<void> => {
  const { parts, cluster } = running
  parts.progress.phase(`starting ${cluster.nodes.length} nodes`)
  const options = {
    target: parts.spec.target,
    readyTimeoutMs: parts.spec.readyTimeoutMs,
    logDir: parts.logDir,
    hasProcesses: parts.environment.hasProcesses !== false,
    signal: parts.signal,
  }
  await startMembers(servicesOf(running), options)
  await startMembers(nodesOf(running), options)
}

const mainGenerator = (running: Running, plans: readonly (readonly PlannedFault[])[]): OpGenerator => {
  const { spec, workload } = running.parts
  const clients = workload.generator(running.rng.fork('workload'), spec.workloadOptions, {
    concurrency: spec.concurrency,
    nodes: spec.nodes,
  })
  const paced = spec.rate > 0 ? stagger(running.rng.fork('pace'), NS_PER_S / spec.rate, clients) : clients
  const faults = plans.map((plan, which) => onNemesis(spec.concurrency, which, faultGenerator(plan)))
  return timeLimit(spec.timeLimitMs * NS_PER_MS, any(onClients(spec.concurrency, paced), ...faults))
}

/** Heals everything, waits for the cluster to come back, and lets the workload read what is left. */
const finish = async (
  running: Running,
  scheduler: Scheduler<Call>,
  faults: FaultRunner,
  drive: () => Promise<void>,
): Promise<Recovery> => {
  const { parts } = running
  parts.progress.phase('healing all faults, waiting for recovery')
  await faults.healAll()
  // A node that died by itself during the run is brought back too: a crash is not for ever.
  const services = servicesOf(running)
  const members = [...services, ...nodesOf(running)]
  await Promise.all(members.map(({ node }) => node.start(parts.signal)))
  await faults.settleAll()
  const healedMs = performance.now()
  const notReady = await awaitReady(members, parts.spec.recoveryTimeoutMs, parts.signal)
  const recoveredAfterMs = notReady.length === 0 ? Math.round(performance.now() - healedMs) : null
  const { workload, spec } = parts
  const final = workload.finalGenerator?.(running.rng.fork('workload'), spec.workloadOptions, {
    concurrency: spec.concurrency,
    nodes: spec.nodes,
    ordinal: (thread) => scheduler.ordinalOf(thread),
  })
  if (final !== undefined && recoveredAfterMs !== null) {
    parts.progress.phase('reading everything back')
    scheduler.extend(timeLimit(FINAL_PHASE_MS * NS_PER_MS, onClients(spec.concurrency, final)))
    await drive()
  }
  const isService = (name: string): boolean => services.some(({ node }) => node.name === name)
  return {
    recoveredAfterMs,
    deadlineMs: parts.spec.recoveryTimeoutMs,
    notReady: notReady.filter((name) => !isService(name)),
    servicesNotReady: notReady.filter(isService),
  }
}

const drivenBy = (
  running: Running,
  scheduler: Scheduler<Call>,
  pool: ClientPool,
  faults: FaultRunner,
): (() => Promise<void>) => {
  const { spec, progress, signal } = running.parts
  return () =>
    interpret(scheduler, {
      concurrency: spec.concurrency,
      operationTimeoutMs: spec.operationTimeoutMs,
      clock: running.clock,
      signal,
      onCrash: (thread) => pool.discard(thread),
      invoke: async (thread, call, opSignal) => {
        if (thread < spec.concurrency) return pool.invoke(thread, call, opSignal)
        const outcome = await faults.invoke(call as FaultCall)
        progress.activeFaults(faults.active)
        return outcome
      },
    })
}

const clientFor = (target: Target, workload: Workload): Target['clients'][string] => {
  const client = target.clients[workload.vocabulary.name]
  if (client !== undefined) return client
  throw new UserError(
    `${target.name} does not speak the ${workload.vocabulary.name} vocabulary, which the workload ${workload.name} needs. ` +
      `It speaks: ${Object.keys(target.clients).join(', ')}.`,
  )
}

interface Outcome {
  readonly recovery: Recovery | null
  readonly aborted: string | null
}

/** A disk of ours that failed by itself is no fault that was planned: such a run says nothing of the cluster. */
const requireDisks = (cluster: Cluster): void => {
  for (const { name, disk } of cluster.nodes) {
    const failure = disk?.failure ?? null
    if (failure !== null)
      throw new UserError(
        `The disk of ${name} failed by itself (${failure}): this run says nothing of the cluster.`,
        254,
      )
  }
}

/** Drives the started cluster to the end of the run, or to its interruption. */
const exercise = async (running: Running, sampler: Sampler): Promise<Outcome> => {
  const { parts, cluster, rng, claims, clock } = running
  const { spec, recorder, progress, signal } = parts
  const plans = planFaults(
    parts,
    cluster.nodes.map((node) => node.name),
    claims,
  )
  for (const fault of plans.flat()) recorder.fault({ type: 'planned', fault })
  const nodeOf = (process: number): string =>
    (cluster.nodes[nodeIndexOf(process % spec.concurrency, cluster.nodes.length)] as ClusterNode).name
  const scheduler: Scheduler<Call> = new Scheduler({
    generator: mainGenerator(running, plans),
    concurrency: spec.concurrency,
    nemeses: spec.nemeses.length,
    rng,
    nodeOf,
    record: (operation) => {
      recorder.operation(operation)
      progress.operation(operation)
    },
  })
  await using pool = new ClientPool({
    client: clientFor(parts.target, parts.workload),
    cluster,
    concurrency: spec.concurrency,
    options: spec.targetOptions as Options,
    processOf: (thread) => scheduler.processOf(thread),
  })
  const context = nemesisContext(parts, cluster, sampler)
  const faults = new FaultRunner({
    nemeses: parts.nemeses,
    context,
    clock,
    record: (event) => recorder.fault(event),
  })
  const drive = drivenBy(running, scheduler, pool, faults)
  try {
    progress.phase('running')
    await drive()
    requireDisks(cluster)
    if (signal.aborted) return { recovery: null, aborted: 'the run was interrupted' }
    return {
      recovery: await finish(running, scheduler, faults, drive),
      aborted: signal.aborted ? 'the run was interrupted' : null,
    }
  } catch (error) {
    if (signal.aborted) return { recovery: null, aborted: 'the run was interrupted' }
    throw error
  } finally {
    await faults.healAll()
  }
}

const keepServices = ({ parts, cluster }: Running): void => {
  for (const [i, { keeps, name }] of servicesFor(parts.target, parts.spec).entries())
    if (keeps !== undefined)
      parts.recorder.service(name, path.join((cluster.services[i] as ClusterNode).hostDataDir, keeps))
}

const versionsOf = async (target: Target, cluster: Cluster): Promise<RunFacts['versions']> => {
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

/** Runs the spec and returns the facts; throws a UserError where the harness or the target could not even start. */
export const runLifecycle = async (parts: RunParts): Promise<RunFacts> => {
  const startedAt = new Date().toISOString()
  clientFor(parts.target, parts.workload)
  parts.progress.phase(`provisioning (${parts.environment.name})`)
  const startNs = { value: process.hrtime.bigint() }
  const clock = (): number => Number(process.hrtime.bigint() - startNs.value)
  const claims = parts.target.claims(parts.spec.targetOptions)
  await using cluster = await provision(parts)
  const running: Running = { parts, cluster, rng: rngFromSeed(parts.spec.seed), claims, clock }
  await startCluster(running)
  const versions = await versionsOf(parts.target, cluster)
  const samples: Sample[] = []
  const delay = monitorEventLoopDelay({ resolution: 10 })
  startNs.value = process.hrtime.bigint()
  delay.enable()
  await using sampler = new Sampler(parts.target, cluster.nodes, clock, (sample) => {
    samples.push(sample)
    parts.recorder.sample(sample)
  })
  const outcome = await exercise(running, sampler)
  // The last word of every replica, once the last writes have reached all of them: do they agree?
  await sleep(SETTLE_MS)
  const together = async (): Promise<boolean> => !areApart(await sampler.sampleAll())
  await waitUntil(together, claims.recoversWithinMs ?? 0, SETTLE_MS, parts.signal).catch(() => false)
  delay.disable()
  keepServices(running)
  parts.progress.phase('taking the cluster down')
  const ms = (ns: number): number => Math.round(ns / 1e4) / 100
  return {
    startedAt,
    endedAt: new Date().toISOString(),
    versions,
    leaderChanges: leaderChangesOf(samples),
    eventLoopDelayMs: { p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max) },
    ...outcome,
  }
}
