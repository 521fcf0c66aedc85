/** The Paxos core under the simulator, healthy or with a planted bug; with majorities, or with quorums that differ by phase. */
import type { Rng } from '../../../harness/api/random.ts'
import type { SimulatedPlan, Simulation } from '../../../harness/api/simulation.ts'
import { type ClusterFault, describeFault } from '../../protocol/simulation/faults.ts'
import { drawPlan, type SimulationResult, simulate } from '../../protocol/simulation/simulate.ts'
import { type Bug, bugNamed, deviationsOf } from '../bugs/bugs.ts'
import { type Sizes, sizesOf } from '../quorums.ts'
import { SimulatedPaxos } from './node.ts'

const MAJORITIES: Sizes = { phase1: 0, phase2: 0 }

const run = (plan: SimulatedPlan<ClusterFault>, bug: Bug | null, sizes: Sizes): SimulationResult =>
  simulate(
    plan,
    (profile: Rng) =>
      new SimulatedPaxos({
        deviations: deviationsOf(bug),
        ...sizesOf(sizes, plan.nodes),
        compactEvery: 15,
        maxEntriesPerMessage: profile.pick([1, 3, 8]),
      }),
  )

export const paxosSimulation = {
  workload: 'register',
  draw: drawPlan,
  run: (plan, bug) => run(plan, bugNamed(bug), MAJORITIES),
  describe: describeFault,
} satisfies Simulation<ClusterFault>

/** The run of a seed. @param sizes 0: a majority */
export const simulatePaxos = (seed: number, bug: Bug | null, sizes: Sizes = MAJORITIES): SimulationResult =>
  run(drawPlan(seed), bug, sizes)
