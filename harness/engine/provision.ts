/** Provisions and starts the hosts of a run: the services beside the cluster, then its nodes. */
import path from 'node:path'
import type { Cluster, ClusterNode, ProvisionSpec } from '../api/environment.ts'
import type { NodeIdentity, ServiceSpec } from '../api/target.ts'
import { UserError } from '../support/assert.ts'
import { EXIT_CODES } from '../support/exit-codes.ts'
import { clusterPlan, servicesFor } from './cluster-plan.ts'
import { enterPhase } from './log-events.ts'
import { type Member, startMembers } from './members.ts'
import type { RunParts, StartedRun } from './run-parts.ts'

/** Disks that can fail, if a nemesis needs them. This is decided here, before there is any data. */
const disksOf = ({ spec, nemeses }: RunParts): ProvisionSpec['disks'] => {
  const [durability] = spec.nemeses.flatMap(({ name, options }) => nemeses[name]?.disks?.(options) ?? [])
  return durability === undefined ? null : { durability, seed: spec.seed }
}

/** Creates the hosts. Nothing runs on them yet. */
export const provision = (parts: RunParts): Promise<Cluster> => {
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
        hostFiles: [],
      })),
      services: services.map((service, i) => {
        const identity = plan.services[i] as NodeIdentity
        return {
          identity,
          launch: service.launch(identity, parts.program),
          image: service.image === undefined ? target.image : (service.image ?? undefined),
          hostFiles: service.hostFiles ?? [],
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

export const nodesOf = ({ cluster, parts, errors }: StartedRun): readonly Member[] =>
  cluster.nodes.map((node) => ({
    node,
    ready: (endpoint, signal) =>
      errors.watch('ready', node.name, async () => parts.target.ready(endpoint, signal)),
  }))

export const servicesOf = ({ cluster, parts }: StartedRun): readonly Member[] =>
  cluster.services.map((node, i) => {
    const service = servicesFor(parts.target, parts.spec)[i] as ServiceSpec
    return { node, ready: (endpoint, signal) => service.ready(endpoint, signal) }
  })

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
  let tookNs = 0
  for (const members of [servicesOf(run), nodesOf(run)]) {
    const beganNs = run.clock()
    await startMembers(members, options)
    tookNs = run.clock() - beganNs
    if (members.length > 0) parts.log.info('ready', { hosts: members.map(({ node }) => node.name) })
  }
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

/** Adds the logs that services keep to the run's record. */
export const keepServices = ({ parts, cluster }: StartedRun): void => {
  for (const [i, { keeps, name }] of servicesFor(parts.target, parts.spec).entries())
    if (keeps !== undefined)
      parts.recorder.service(name, path.join((cluster.services[i] as ClusterNode).hostDataDir, keeps))
}
