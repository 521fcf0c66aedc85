/** The Raft core under the simulator, healthy or with a planted bug. */
import type { Rng } from '../../../harness/api/random.ts'
import type { Simulation } from '../../../harness/api/simulation.ts'
import { type ClusterFault, describeFault } from '../../protocol/simulation/faults.ts'
import { drawPlan, type SimulationResult, simulate } from '../../protocol/simulation/simulate.ts'
import { type Bug, bugNamed, deviationsOf } from '../bugs/bugs.ts'
import { SimulatedRaft } from './node.ts'

const raftWith =
  (bug: Bug | null) =>
  (profile: Rng): SimulatedRaft =>
    new SimulatedRaft({
      deviations: deviationsOf(bug),
      compactEvery: 15,
      maxEntriesPerAppend: profile.pick([1, 3]),
    })

export const raftSimulation = {
  workload: 'register',
  draw: drawPlan,
  run: (plan, bug) => simulate(plan, raftWith(bugNamed(bug))),
  describe: describeFault,
} satisfies Simulation<ClusterFault>

/** The run of a seed. */
export const simulateRaft = (seed: number, bug: Bug | null): SimulationResult =>
  simulate(drawPlan(seed), raftWith(bug))
