/**
 * Nodes that are only names, so that the engine's life cycle can be tested in milliseconds. For tests only: this is not
 * an `Environment` and not in the registry.
 */
import type { Capability, Cluster, ClusterNode, Provisioner } from '../../api/environment.ts'
import type { NodeIdentity } from '../../api/target.ts'
import { clientAddresses, identifyNodes, identifyServices } from '../identities.ts'
import { ADDRESSES } from '../namespaces/network.ts'

export interface FakeNode extends ClusterNode {
  /** The calls made to it, in order. */
  readonly calls: string[]
}

const fakeNode = (identity: NodeIdentity): FakeNode => {
  const calls: string[] = []
  return {
    ...identity,
    calls,
    keeperPid: 0,
    hardware: '02:00:00:00:00:00',
    cgroups: { directories: [] },
    hostDataDir: '/nowhere',
    processes: async () => [],
    exitOf: async () => null,
    endings: async () => [],
    configure: () => {},
    start: async () => {
      calls.push('start')
    },
    kill: async () => {
      calls.push('kill')
      return []
    },
    takeDown: async () => {
      calls.push('kill')
      return { processes: [], deaf: [], openPorts: [] }
    },
    do: async ({ name }) => {
      calls.push(name)
    },
    bringUp: async () => {
      calls.push('start')
    },
  }
}

/** Keeps the nodes of the last cluster that it provisioned, for tests to inspect. */
export const fakeEnvironment = (
  supports: readonly Capability[] = ['kill', 'partition', 'pause'],
): Provisioner & { nodes: readonly FakeNode[]; disposed: boolean } => {
  const environment = {
    name: 'fake',
    hasProcesses: false,
    lacks: (fault: Capability): string | null =>
      supports.includes(fault) ? null : 'these nodes are only names',
    nodes: [] as readonly FakeNode[],
    disposed: false,
    identify: (_runId: string, count: number): readonly NodeIdentity[] =>
      identifyNodes(ADDRESSES, '/nowhere', count),
    identifyServices: (_runId: string, names: readonly string[]): readonly NodeIdentity[] =>
      identifyServices(ADDRESSES, '/nowhere', names),
    provision: async (spec: Parameters<Provisioner['provision']>[0]): Promise<Cluster> => {
      environment.nodes = spec.nodes.map(({ identity }) => fakeNode(identity))
      return {
        nodes: environment.nodes,
        services: spec.services.map(({ identity }) => fakeNode(identity)),
        clientAddresses: clientAddresses(ADDRESSES, spec.clientGroups),
        journal: spec.journal,
        [Symbol.asyncDispose]: async () => {
          environment.disposed = true
        },
      }
    },
  }
  return environment
}
