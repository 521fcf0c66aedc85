/** The core under the deterministic simulator: healthy for thousands of seeds; each planted bug of it is found. */
import { describe, expect, it } from 'vitest'
import type { SimulatedPlan } from '../../harness/api/simulation.ts'
import { shrinkSimulated, type WholePlan } from '../../harness/campaign/shrink-simulated.ts'
import { sized } from '../../harness/testing/capabilities.ts'
import type { ClusterFault } from '../protocol/simulation/faults.ts'
import {
  describePlantedBugs,
  expectRepeatable,
  judgeRegisters,
  SIMULATION_TIMEOUT_MS,
  typesIn,
} from '../protocol/testing/simulated.ts'
import { type Bug, bugs } from './bugs/bugs.ts'
import { raftSimulation, simulateRaft } from './simulation/simulate.ts'

const judge = (seed: number, bug: Bug | null): Promise<string | null> =>
  judgeRegisters(simulateRaft(seed, bug))

describe('the healthy core', () => {
  const seeds = sized(200, 4000)
  it(
    `keeps Raft's five properties and linearizability for ${seeds} seeds`,
    async () => {
      for (let seed = 1; seed <= seeds; seed++) expect(await judge(seed, null), `seed ${seed}`).toBeNull()
    },
    SIMULATION_TIMEOUT_MS,
  )

  it('is exercised: there are elections, and operations with every outcome', () => {
    const runs = Array.from({ length: 10 }, (_, seed) => simulateRaft(seed, null))
    const elections = runs.reduce((sum, run) => sum + run.elections, 0)
    const types = typesIn(runs)
    expect(elections).toBeGreaterThan(50)
    expect(types.get('ok')).toBeGreaterThan(1000)
    expect(types.get('info')).toBeGreaterThan(10)
  })

  it('is deterministic', () => expect(simulateRaft(11, null)).toEqual(simulateRaft(11, null)))
})

describe('a recorded plan', () => {
  it.each([null, 'no-truncate', 'stale-log-election', 'no-fsync'] as const)(
    'gives the same run again: %s',
    (bug) => expectRepeatable(10, (seed) => simulateRaft(seed, bug), raftSimulation, bug),
  )

  it('is made smaller exactly: without any one of its faults the property is kept', async () => {
    const whole = raftSimulation.draw(1)
    const { violation, faults } = simulateRaft(1, 'no-truncate')
    const property = (text: string | null): string | undefined => text?.split(':')[0]
    const breaks = async (plan: WholePlan): Promise<boolean> =>
      property(raftSimulation.run(plan as SimulatedPlan<ClusterFault>, 'no-truncate').violation) ===
      property(violation)
    expect(violation).not.toBeNull()
    const small = await shrinkSimulated({ ...whole, faults }, breaks)
    expect(await breaks(small)).toBe(true)
    expect(small.faults.length).toBeLessThanOrEqual(3)
    for (const fault of small.faults) {
      const without = small.faults.filter((each) => each !== fault)
      expect(
        await breaks({ ...small, faults: without }),
        raftSimulation.describe(fault as ClusterFault),
      ).toBe(false)
    }
  })
})

describePlantedBugs(bugs, (seed, bug) => judge(seed, bug as Bug))
