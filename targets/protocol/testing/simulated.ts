/** What the tests of every simulated protocol do with its runs. */
import { describe, expect, it } from 'vitest'
import { linearizability } from '../../../checkers/data/linearizability.ts'
import type { Operation } from '../../../harness/api/history.ts'
import type { Simulation } from '../../../harness/api/simulation.ts'
import type { PlantedBug } from '../../../harness/api/target.ts'
import { bareRecord } from '../../../harness/store/run-store.ts'
import { isFull, sized } from '../../../harness/testing/capabilities.ts'
import type { ClusterFault } from '../simulation/faults.ts'

export interface SimulatedRun {
  readonly violation: string | null
  readonly history: readonly Operation[]
}

/** Against hanging only: on a loaded machine this takes minutes. */
export const SIMULATION_TIMEOUT_MS = sized(900_000, 3_600_000)

const registers = linearizability({ initial: null })

/** What is wrong with a run of registers; null if nothing is. */
export const judgeRegisters = async ({ violation, history }: SimulatedRun): Promise<string | null> => {
  if (violation !== null) return violation
  const { status, summary } = await registers.check(bareRecord(history), new AbortController().signal)
  return status === 'valid' ? null : `${status}: ${summary}`
}

/** Such as `ok` or `invoke` -> how many operations of the runs. */
export const typesIn = (runs: readonly SimulatedRun[]): ReadonlyMap<string, number> => {
  const types = new Map<string, number>()
  for (const { type } of runs.flatMap(({ history }) => history)) types.set(type, (types.get(type) ?? 0) + 1)
  return types
}

/** A run that can be made again from its faults. */
interface RepeatableRun extends SimulatedRun {
  readonly faults: readonly ClusterFault[]
  readonly elections: number
}

/** A seed gives the same run each time, and so does the plan that it made, with its faults written down. */
export const expectRepeatable = (
  seeds: number,
  simulate: (seed: number) => RepeatableRun,
  simulation: Simulation<ClusterFault>,
  bug: string | null = null,
): void => {
  for (let seed = 1; seed <= seeds; seed++) {
    // A plan does not tell how many leaders there were.
    const { elections: _, ...run } = simulate(seed)
    const plan = { ...simulation.draw(seed), faults: run.faults }
    expect(simulation.run(plan, bug), `seed ${seed}`).toMatchObject(run)
  }
}

/** @param judge what is wrong with the run of a seed; null: nothing */
export const describePlantedBugs = (
  bugs: readonly PlantedBug[],
  judge: (seed: number, bug: string) => Promise<string | null>,
): void => {
  describe('every planted bug is found', () => {
    it.each(
      bugs.flatMap(({ name, simulatorSeeds }) =>
        simulatorSeeds === null ? [] : [[name, simulatorSeeds] as const],
      ),
    )(
      '%s within %i seeds',
      async (name, simulatorSeeds) => {
        const found: string[] = []
        for (let seed = 1; seed <= simulatorSeeds && (isFull || found.length === 0); seed++) {
          const broken = await judge(seed, name)
          if (broken !== null) found.push(broken)
        }
        expect(found.length).toBeGreaterThan(0)
        expect(found[0]).not.toContain('unknown')
      },
      SIMULATION_TIMEOUT_MS,
    )
  })
}
