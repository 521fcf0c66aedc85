/** `fake`: nodes that are nothing but names, so that the engine's life cycle can be tested in milliseconds. */
import type { Capability, Cluster, ClusterNode, Environment } from '../../api/environment.ts'
import type { NodeIdentity } from '../../api/target.ts'

export interface FakeNode extends ClusterNode {
  /** What was done to it, in order. */
  readonly calls: string[]
}

const identify = (count: number): readonly NodeIdentity[] =>
  Array.from({ length: count }, (_, i) => ({
    name: `n${i + 1}`,
    index: i + 1,
    address: `198.18.0.${i + 1}`,
    dataDir: '/nowhere',
  }))

const fakeNode = (identity: NodeIdentity): FakeNode => {
  const calls: string[] = []
  return {
    ...identity,
    calls,
    keeperPid: 0,
    cgroups: {},
    hostDataDir: '/nowhere',
    processes: async () => [],
    exitOf: async () => null,
    configure: () => {},
    start: async () => {
      calls.push('start')
    },
    kill: async () => {
      calls.push('kill')
      return []
    },
  }
}

/** Keeps the last cluster it made where a test can see it. */
export const fakeEnvironment = (
  supports: readonly Capability[] = ['kill', 'partition', 'pause'],
): Environment & { nodes: readonly FakeNode[]; disposed: boolean } => {
  const environment = {
    name: 'fake',
    hasProcesses: false,
    lacks: (fault: Capability): string | null =>
      supports.includes(fault) ? null : 'these nodes are only names',
    nodes: [] as readonly FakeNode[],
    disposed: false,
    identify,
    identifyServices: (names: readonly string[]): readonly NodeIdentity[] =>
      names.map((name, i) => ({
        name,
        index: i + 1,
        address: `198.18.0.${200 + i + 1}`,
        dataDir: '/nowhere',
      })),
    provision: async (spec: Parameters<Environment['provision']>[0]): Promise<Cluster> => {
      environment.nodes = spec.nodes.map(({ identity }) => fakeNode(identity))
      return {
        nodes: environment.nodes,
        services: spec.services.map(({ identity }) => fakeNode(identity)),
        clientAddresses: Array.from({ length: spec.clientGroups }, (_, group) => `198.18.0.${101 + group}`),
        controlAddress: undefined,
        journal: spec.journal,
        [Symbol.asyncDispose]: async () => {
          environment.disposed = true
        },
      }
    },
  }
  return environment
}
