/** The core under the deterministic simulator: healthy for many seeds, with any quorums that meet; each planted bug is found. */
import { describe, expect, it } from 'vitest'
import { sized } from '../../harness/testing/capabilities.ts'
import {
  describePlantedBugs,
  expectRepeatable,
  judgeRegisters,
  SIMULATION_TIMEOUT_MS,
  typesIn,
} from '../protocol/testing/simulated.ts'
import { type Bug, bugs } from './bugs/bugs.ts'
import { paxosSimulation, simulatePaxos } from './simulation/simulate.ts'

describe('the healthy core', () => {
  const seeds = sized(100, 1000)
  it(
    `keeps the safety of consensus and linearizability for ${seeds} seeds`,
    async () => {
      for (let seed = 1; seed <= seeds; seed++)
        expect(await judgeRegisters(simulatePaxos(seed, null)), `seed ${seed}`).toBeNull()
    },
    SIMULATION_TIMEOUT_MS,
  )

  it.each([
    [4, 2],
    [2, 4],
    [5, 1],
    [1, 5],
  ])(
    'so it does with phase-1 quorums of %i and phase-2 quorums of %i',
    async (phase1, phase2) => {
      const few = sized(20, 250)
      for (let seed = 1; seed <= few; seed++)
        expect(await judgeRegisters(simulatePaxos(seed, null, { phase1, phase2 })), `seed ${seed}`).toBeNull()
    },
    SIMULATION_TIMEOUT_MS,
  )

  it('with quorums that do not meet it is unsafe', async () => {
    const verdicts = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) => judgeRegisters(simulatePaxos(seed, null, { phase1: 3, phase2: 2 }))),
    )
    expect(verdicts.filter((verdict) => verdict !== null)).not.toEqual([])
  })

  it('is exercised: there are elections, and operations with every outcome', () => {
    const runs = Array.from({ length: 10 }, (_, seed) => simulatePaxos(seed, null))
    const elections = runs.reduce((sum, run) => sum + run.elections, 0)
    const types = typesIn(runs)
    expect(elections).toBeGreaterThan(50)
    expect(types.get('ok')).toBeGreaterThan(1000)
    expect(types.get('info')).toBeGreaterThan(10)
  })

  it('is deterministic, and a recorded plan gives the same run again', () =>
    expectRepeatable(5, (seed) => simulatePaxos(seed, null), paxosSimulation))
})

describePlantedBugs(bugs, (seed, bug) => judgeRegisters(simulatePaxos(seed, bug as Bug)))
