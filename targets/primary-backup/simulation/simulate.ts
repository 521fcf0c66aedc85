/** The core under the simulator, healthy or with a planted bug, under one of its safe combinations or a given one. */
import type { Rng } from '../../../harness/api/random.ts'
import type { SimulatedPlan, Simulation } from '../../../harness/api/simulation.ts'
import { type ClusterFault, describeFault } from '../../protocol/simulation/faults.ts'
import { drawPlan, type SimulationResult, simulate } from '../../protocol/simulation/simulate.ts'
import { type Bug, bugNamed, deviationsOf } from '../bugs/bugs.ts'
import type { Choices } from '../core/types.ts'
import { SimulatedPrimaryBackup } from './node.ts'

/** What a seed chooses: combinations that keep everything. */
const drawChoices = (profile: Rng): Choices => {
  const failover = profile.pick(['majority', 'majority', 'view-service', 'view-service', 'none'] as const)
  return { replication: 'sync', failover, fencing: true, minority: 'refuse' }
}

const run = (
  plan: SimulatedPlan<ClusterFault>,
  bug: Bug | null,
  given: Choices | null = null,
): SimulationResult =>
  simulate(
    plan,
    (profile) =>
      new SimulatedPrimaryBackup({
        choices: given ?? drawChoices(profile),
        deviations: deviationsOf(bug),
        compactEvery: profile.pick([8, 15, 40]),
        maxEntriesPerMessage: profile.pick([1, 3, 8]),
      }),
  )

export const primaryBackupSimulation = {
  workload: 'register',
  draw: drawPlan,
  run: (plan, bug) => run(plan, bugNamed(bug)),
  describe: describeFault,
} satisfies Simulation<ClusterFault>

/** The run of a seed without some of the faults that it would draw, and without lost messages. */
export const simulateWithout = (
  seed: number,
  choices: Choices,
  allowed: (faults: readonly ClusterFault[]) => readonly ClusterFault[],
): SimulationResult => {
  const plan = drawPlan(seed)
  const { faults } = run(plan, null, choices)
  return run({ ...plan, isLossy: false, faults: allowed(faults) }, null, choices)
}

/** The run of a seed. @param choices null: the seed draws one of the safe ones */
export const simulatePrimaryBackup = (
  seed: number,
  bug: Bug | null,
  choices: Choices | null = null,
): SimulationResult => run(drawPlan(seed), bug, choices)
