/** The core under the deterministic simulator: as many replicas lie as it tolerates, or one more; each planted bug is found. */
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
import { pbftSimulation, simulatePbft } from './simulation/simulate.ts'

describe('the healthy core', () => {
  const seeds = sized(30, 1000)
  it(
    `keeps its promises with one traitor among four replicas for ${seeds} seeds`,
    async () => {
      for (let seed = 1; seed <= seeds; seed++)
        expect(await judgeRegisters(simulatePbft(seed, null)), `seed ${seed}`).toBeNull()
    },
    SIMULATION_TIMEOUT_MS,
  )

  it.each([
    [7, 2],
    [6, 1],
    [4, 0],
  ])(
    'so it does among %i replicas of which %i lie',
    async (nodes, traitors) => {
      for (let seed = 1; seed <= sized(4, 200); seed++)
        expect(await judgeRegisters(simulatePbft(seed, null, { nodes, traitors })), `seed ${seed}`).toBeNull()
    },
    SIMULATION_TIMEOUT_MS,
  )

  it.each([
    [4, 2],
    [7, 3],
  ])('with one traitor too many it breaks: of %i replicas, %i lie', async (nodes, traitors) => {
    for (let seed = 1; seed <= sized(3, 20); seed++)
      expect(
        await judgeRegisters(simulatePbft(seed, null, { nodes, traitors })),
        `seed ${seed}`,
      ).not.toBeNull()
  })

  it('is exercised: views change, and operations are answered, whoever lies', () => {
    const runs = Array.from({ length: 5 }, (_, seed) => simulatePbft(seed, null))
    const elections = runs.reduce((sum, run) => sum + run.elections, 0)
    const types = typesIn(runs)
    expect(elections).toBeGreaterThan(25)
    expect(types.get('ok')).toBeGreaterThan(500)
    expect(types.get('info')).toBeGreaterThan(0)
  })

  it('is deterministic, and a recorded plan gives the same run again', () =>
    expectRepeatable(3, (seed) => simulatePbft(seed, null), pbftSimulation))
})

describePlantedBugs(bugs, (seed, bug) => judgeRegisters(simulatePbft(seed, bug as Bug)))
