/** Provisions and starts the hosts of a run: the services beside the cluster, then its nodes. */
import path from 'node:path'
import type { Cluster, ClusterNode, HostSpec, ProvisionSpec } from '../api/environment.ts'
import type { NodeIdentity, ServiceSpec } from '../api/target.ts'
import { messageOf, UserError } from '../support/assert.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import { sleep } from '../support/wait.ts'
import { clusterPlan, servicesFor } from './cluster-plan.ts'
import { enterPhase } from './log-events.ts'
import { type Member, startMembers } from './members.ts'
import type { RunParts, StartedRun } from './run-parts.ts'

/** Disks that can fail, if a nemesis needs them. This is decided here, before there is any data. */
const disksOf = ({ spec, nemeses }: RunParts): ProvisionSpec['disks'] => {
  const [durability] = spec.nemeses.flatMap(({ name, options }) => nemeses[name]?.disks?.(options) ?? [])
  return durability === undefined ? null : { durability, seed: spec.seed }
}

const nodeHosts = (parts: RunParts): readonly HostSpec[] => {
  const { target, program, programFolders } = parts
  const plan = clusterPlan(parts)
  return plan.nodes.map((identity) => ({
    identity,
    launch: target.launch(identity, plan, program),
    image: target.image,
    hostFiles: [...programFolders, ...(target.hostFiles ?? [])],
  }))
}

const serviceHosts = (parts: RunParts): readonly HostSpec[] => {
  const { target, spec, program } = parts
  const plan = clusterPlan(parts)
  return servicesFor(target, spec).map((service, i) => {
    const identity = plan.services[i] as NodeIdentity
    return {
      identity,
      launch: service.launch(identity, program),
      image: service.image === undefined ? target.image : (service.image ?? undefined),
      hostFiles: service.hostFiles ?? [],
    }
  })
}

/** Creates the hosts. Nothing runs on them yet. */
export const provision = (parts: RunParts): Promise<Cluster> => {
  const { spec, environment } = parts
  return environment.provision(
    {
      runId: spec.runId,
      nodes: nodeHosts(parts),
      services: serviceHosts(parts),
      clientGroups: spec.clientGroups,
      disks: disksOf(parts),
      stateDir: parts.stateDir,
      logDir: parts.logDir,
      journal: parts.journal,
    },
    parts.signal,
  )
}

export const nodesOf = ({ cluster, parts, errors }: StartedRun): readonly Member[] =>
  cluster.nodes.map((node) => ({
    node,
    ready: (endpoint, signal) =>
      errors.watch('ready', node.name, async () => parts.target.ready(endpoint, signal)),
  }))

export const servicesOf = ({ cluster, parts, errors }: StartedRun): readonly Member[] =>
  cluster.services.map((node, i) => {
    const service = servicesFor(parts.target, parts.spec)[i] as ServiceSpec
    return {
      node,
      ready: (endpoint, signal) =>
        errors.attribute('ready', node.name, () => service.ready(endpoint, signal)),
    }
  })

const SET_UP_TIMEOUT_MS = 60_000

/** The steps that are due once all hosts of a kind are ready, one host after another. */
const takeSteps = async (
  hosts: readonly HostSpec[],
  nodes: readonly ClusterNode[],
  signal: AbortSignal,
): Promise<void> => {
  for (const [i, { launch }] of hosts.entries())
    for (const step of launch.steps?.allReady ?? []) await nodes[i]?.do(step, signal)
}

/** What the target itself does once. Its code may fail, or never end. */
const setUp = async ({ parts, cluster, errors }: StartedRun): Promise<void> => {
  const { spec, target, signal } = parts
  if (target.setUp === undefined) return
  const endpoints = cluster.nodes.map((node) => ({ node: node.name, address: node.address }))
  const limit = AbortSignal.any([signal, AbortSignal.timeout(SET_UP_TIMEOUT_MS)])
  try {
    const act = async (): Promise<void> => target.setUp?.(endpoints, spec.targetOptions, limit)
    await Promise.race([errors.attribute('ready', 'cluster', act), sleep(2 * SET_UP_TIMEOUT_MS, limit)])
  } catch (error) {
    signal.throwIfAborted()
    const why = limit.aborted ? `it took more than ${SET_UP_TIMEOUT_MS / 1000} s` : messageOf(error)
    throw new UserError(`${spec.target}: setUp failed: ${why}.`, EXIT_CODES.targetFailed)
  }
}

const needsSetUp = (parts: RunParts): boolean =>
  parts.target.setUp !== undefined ||
  nodeHosts(parts).some(({ launch }) => launch.steps?.allReady !== undefined)

const setUpCluster = async (run: StartedRun): Promise<void> => {
  const { parts, cluster } = run
  await takeSteps(nodeHosts(parts), cluster.nodes, parts.signal)
  await setUp(run)
}

/** Starts services and nodes. Resolves once all are ready, with the nanoseconds that the nodes took. */
export const startCluster = async (run: StartedRun): Promise<number> => {
  const { parts, cluster } = run
  enterPhase(parts, `starting ${cluster.nodes.length} nodes`)
  const options = {
    target: parts.spec.target,
    readyTimeoutMs: parts.spec.readyTimeoutMs,
    logDir: parts.logDir,
    hasProcesses: parts.environment.hasProcesses !== false,
    lastError: (node: string) => run.errors.lastOfReady(node),
    signal: parts.signal,
  }
  await startMembers(servicesOf(run), options)
  await takeSteps(serviceHosts(parts), cluster.services, parts.signal)
  const beganNs = run.clock()
  await startMembers(nodesOf(run), options)
  const tookNs = run.clock() - beganNs
  await setUpCluster(run)
  // Whatever joins nodes may make them unready for a while.
  if (needsSetUp(parts)) await startMembers(nodesOf(run), options)
  const hosts = [...cluster.services, ...cluster.nodes]
  parts.log.info('ready', { hosts: hosts.map(({ name }) => name) })
  return tookNs
}

/**
 * @throws UserError (harness failed) if the harness's own disk of a node failed. That is not a planned fault, so the run
 * says nothing about the cluster.
 */
export const requireDisks = (cluster: Cluster): void => {
  for (const { name, disk } of cluster.nodes) {
    const failure = disk?.failure ?? null
    if (failure !== null)
      throw new UserError(
        `The harness's own disk of ${name} failed (${failure}). This run says nothing about the cluster.`,
        EXIT_CODES.harnessFailed,
      )
  }
}

/** Service -> the file in which it keeps its log. */
export const keptLogs = ({ parts, cluster }: StartedRun): Readonly<Record<string, string>> =>
  Object.fromEntries(
    servicesFor(parts.target, parts.spec).flatMap(({ keeps, name }, i) =>
      keeps === undefined
        ? []
        : [[name, path.join((cluster.services[i] as ClusterNode).hostDataDir, keeps)] as const],
    ),
  )

/** Adds the logs that services keep to the run's record. */
export const keepServices = (run: StartedRun): void => {
  for (const [name, file] of Object.entries(keptLogs(run))) run.parts.recorder.service(name, file)
}
