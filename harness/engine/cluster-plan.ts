/** The planned cluster, and the context through which nemeses use the running cluster. */
import type { NemesisContext } from '../api/nemesis.ts'
import type { RunSpec } from '../api/record.ts'
import type { ClusterPlan, MemberChange, ServiceSpec, Target } from '../api/target.ts'
import { isReady } from './members.ts'
import type { RunParts, StartedRun } from './run-parts.ts'
import type { Sampler } from './sampler.ts'

export const servicesFor = (target: Target, { targetOptions }: RunSpec): readonly ServiceSpec[] =>
  target.services?.(targetOptions) ?? []

export const clusterPlan = ({ spec, target, environment }: RunParts): ClusterPlan => ({
  nodes: environment.identify(spec.runId, spec.nodes),
  services: environment.identifyServices(
    spec.runId,
    servicesFor(target, spec).map(({ name }) => name),
  ),
  options: spec.targetOptions,
  bug: spec.bug,
})

const MEMBER_CHANGE_TIMEOUT_MS = 2000

/** Whatever the target's code throws later, in a handler of its own, is counted for it. */
export const nemesisContext = (
  { parts, cluster, errors }: Pick<StartedRun, 'parts' | 'cluster' | 'errors'>,
  sampler: Sampler,
): NemesisContext => {
  const { target } = parts
  const plan = clusterPlan(parts)
  const changeMembers = async (change: MemberChange): Promise<void> => {
    const leader = await sampler.leader()
    const node = cluster.nodes.find(({ name }) => name === leader)
    if (node === undefined) throw new Error('no leader')
    const endpoint = { node: node.name, address: node.address }
    await errors.attribute('status', node.name, async () =>
      target.changeMembers?.(endpoint, change, AbortSignal.timeout(MEMBER_CHANGE_TIMEOUT_MS)),
    )
  }
  return {
    cluster,
    leader: () => sampler.leader(),
    status: (node) => sampler.status(node),
    ...(target.changeMembers === undefined ? {} : { changeMembers }),
    launchWith: (node, options) =>
      target.launch(node, { ...plan, options: { ...plan.options, ...options } }, parts.program),
    secretsOf: (node) => target.byzantine?.secrets?.(node, plan) ?? null,
    ...(target.byzantine === undefined ? {} : { byzantine: target.byzantine }),
    isReady: (node) =>
      isReady({
        node,
        ready: (endpoint, signal) =>
          errors.attribute('ready', node.name, () => target.ready(endpoint, signal)),
      }),
    signal: new AbortController().signal,
  }
}
