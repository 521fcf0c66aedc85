/** The PBFT core under the simulator, healthy or with a planted bug, with replicas that lie among the others. */
import type { SimulatedPlan, Simulation } from '../../../harness/api/simulation.ts'
import { type ClusterFault, describeFault } from '../../protocol/simulation/faults.ts'
import { drawPlan, type SimulationResult, simulate } from '../../protocol/simulation/simulate.ts'
import { answersNeeded, type Bug, bugNamed, deviationsOf } from '../bugs/bugs.ts'
import { mostTraitors, oneHonest } from '../core/quorums.ts'
import { SimulatedPbftClient } from './client.ts'
import { SimulatedPbft } from './node.ts'

const run = (plan: SimulatedPlan<ClusterFault>, bug: Bug | null, traitors: number): SimulationResult => {
  const { nodes } = plan
  const needed = answersNeeded(bug, oneHonest(nodes))
  return simulate(
    plan,
    (profile) =>
      new SimulatedPbft({
        deviations: deviationsOf(bug),
        nodes,
        traitors,
        maxBatch: profile.pick([1, 3, 8]),
        rng: profile.fork('conspiracy'),
      }),
    (...given) => new SimulatedPbftClient(...given, needed),
  )
}

const NODES = 4

const drawOf = (seed: number, nodes: number): SimulatedPlan<ClusterFault> => ({ ...drawPlan(seed), nodes })

export const pbftSimulation = {
  workload: 'register',
  draw: (seed) => drawOf(seed, NODES),
  run: (plan, bug) => run(plan, bugNamed(bug), mostTraitors(plan.nodes)),
  describe: describeFault,
} satisfies Simulation<ClusterFault>

interface Cluster {
  readonly nodes?: number
  /** Replicas that lie; absent: as many as the protocol tolerates. */
  readonly traitors?: number
}

/** The run of a seed. */
export const simulatePbft = (seed: number, bug: Bug | null, { nodes = NODES, traitors }: Cluster = {}) =>
  run(drawOf(seed, nodes), bug, traitors ?? mostTraitors(nodes))
