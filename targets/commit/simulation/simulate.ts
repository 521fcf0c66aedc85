/** The core under the simulator, healthy or with a planted bug. */
import type { Rng } from '../../../harness/api/random.ts'
import type { SimulatedPlan, Simulation } from '../../../harness/api/simulation.ts'
import { type ClusterFault, describeFault } from '../../protocol/simulation/faults.ts'
import { drawPlan, type SimulationResult, simulate } from '../../protocol/simulation/simulate.ts'
import { type Bug, bugNamed, coordinatorWith, deviationsOf } from '../bugs/bugs.ts'
import type { CommitConfig } from '../core/types.ts'
import { COORDINATORS } from '../options.ts'
import { BankClient } from './client.ts'
import { SimulatedCommit } from './node.ts'

type Coordinator = CommitConfig['coordinator']

/** @param coordinator null: the seed chooses one, or the bug */
const run = (
  plan: SimulatedPlan<ClusterFault>,
  bug: Bug | null,
  coordinator: Coordinator | null,
): SimulationResult =>
  simulate(
    plan,
    (profile: Rng) => {
      const drawn = profile.fork('coordinator').pick(COORDINATORS)
      return new SimulatedCommit({
        deviations: deviationsOf(bug),
        compactEvery: profile.pick([10, 60]),
        coordinator: coordinator ?? (bug === null ? drawn : coordinatorWith(bug)),
        keptSlots: profile.fork('kept').pick([20, 1000]),
      })
    },
    (...given) => new BankClient(...given),
  )

export const commitSimulation = {
  workload: 'bank',
  draw: drawPlan,
  run: (plan, bug) => run(plan, bugNamed(bug), null),
  describe: describeFault,
} satisfies Simulation<ClusterFault>

/** The run of a seed. */
export const simulateCommit = (
  seed: number,
  bug: Bug | null,
  coordinator: Coordinator | null = null,
): SimulationResult => run(drawPlan(seed), bug, coordinator)
