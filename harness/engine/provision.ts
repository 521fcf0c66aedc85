/** The hosts of a run, made and started: the services beside the cluster, then its nodes. */
import path from 'node:path'
import type { Cluster, ClusterNode, ProvisionSpec } from '../api/environment.ts'
import type { NodeIdentity, ServiceSpec } from '../api/target.ts'
import { UserError } from '../support/assert.ts'
import { clusterPlan, servicesFor } from './cluster-plan.ts'
import { enterPhase } from './log-events.ts'
import { type Member, startMembers } from './members.ts'
import type { RunParts, StartedRun } from './run-parts.ts'

/** Disks that can fail, where a nemesis needs them: chosen here, before anything is on them. */
const disksOf = ({ spec, nemeses }: RunParts): ProvisionSpec['disks'] => {
  const user = spec.nemeses.find(({ name }) => nemeses[name]?.needs.includes('disk'))
  if (user === undefined) return null
  return { durability: user.options.durability === 'ext4' ? 'ext4' : 'strict', seed: spec.seed }
}

/** Makes the hosts; nothing runs on them yet. */
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

export const nodesOf = ({ cluster, parts }: StartedRun): readonly Member[] =>
  cluster.nodes.map((node) => ({ node, ready: (endpoint, signal) => parts.target.ready(endpoint, signal) }))

export const servicesOf = ({ cluster, parts }: StartedRun): readonly Member[] =>
  cluster.services.map((node, i) => {
    const service = servicesFor(parts.target, parts.spec)[i] as ServiceSpec
    return { node, ready: (endpoint, signal) => service.ready(endpoint, signal) }
  })

/** Resolves once all are ready. */
export const startCluster = async (run: StartedRun): Promise<void> => {
  const { parts, cluster } = run
  enterPhase(parts, `starting ${cluster.nodes.length} nodes`)
  const options = {
    target: parts.spec.target,
    readyTimeoutMs: parts.spec.readyTimeoutMs,
    logDir: parts.logDir,
    hasProcesses: parts.environment.hasProcesses !== false,
    signal: parts.signal,
  }
  for (const members of [servicesOf(run), nodesOf(run)]) {
    await startMembers(members, options)
    if (members.length > 0) parts.log.info('ready', { hosts: members.map(({ node }) => node.name) })
  }
}

/** A disk of ours that failed by itself is no fault that was planned: such a run says nothing of the cluster. */
export const requireDisks = (cluster: Cluster): void => {
  for (const { name, disk } of cluster.nodes) {
    const failure = disk?.failure ?? null
    if (failure !== null)
      throw new UserError(
        `The disk of ${name} failed by itself (${failure}): this run says nothing of the cluster.`,
        254,
      )
  }
}

/** What services kept of themselves joins the run's record. */
export const keepServices = ({ parts, cluster }: StartedRun): void => {
  for (const [i, { keeps, name }] of servicesFor(parts.target, parts.spec).entries())
    if (keeps !== undefined)
      parts.recorder.service(name, path.join((cluster.services[i] as ClusterNode).hostDataDir, keeps))
}
