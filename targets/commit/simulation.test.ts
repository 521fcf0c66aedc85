/** The core under the deterministic simulator: healthy for many seeds; each planted bug is found. */
import { describe, expect, it } from 'vitest'
import { bank } from '../../checkers/data/bank.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import { bareRecord } from '../../harness/store/run-store.ts'
import { sized } from '../../harness/testing/capabilities.ts'
import {
  describePlantedBugs,
  expectRepeatable,
  SIMULATION_TIMEOUT_MS,
  type SimulatedRun,
} from '../protocol/testing/simulated.ts'
import { type Bug, bugs } from './bugs/bugs.ts'
import { COORDINATORS } from './options.ts'
import { commitSimulation, simulateCommit } from './simulation/simulate.ts'

const checker = bank({ accounts: 0, total: 0 })

const judgeBank = ({ history }: SimulatedRun): Promise<Verdict> =>
  checker.check(bareRecord(history), new AbortController().signal)

/** What is wrong with a run; null if nothing is. */
const judge = async (run: SimulatedRun): Promise<string | null> => {
  if (run.violation !== null) return run.violation
  const { status, summary } = await judgeBank(run)
  return status === 'invalid' ? summary : null
}

describe.each(COORDINATORS)('the healthy core, with a %s coordinator', (coordinator) => {
  const seeds = sized(100, 1000)
  it(
    `keeps the properties of atomic commitment, and all money, for ${seeds} seeds`,
    async () => {
      let proved = 0
      for (let seed = 1; seed <= seeds; seed++) {
        const run = simulateCommit(seed, null, coordinator)
        expect(run.violation, `seed ${seed}`).toBeNull()
        const { status, summary } = await judgeBank(run)
        expect(status, `seed ${seed}: ${summary}`).not.toBe('invalid')
        if (status === 'valid') proved++
      }
      // In one of some hundred runs no read of all accounts gets through.
      expect(proved).toBeGreaterThan(0.95 * seeds)
    },
    SIMULATION_TIMEOUT_MS,
  )

  it('is exercised: transfers with every outcome, and reads of all accounts', () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 15; seed++)
      for (const { f, type } of simulateCommit(seed, null, coordinator).history)
        counts.set(`${f} ${type}`, (counts.get(`${f} ${type}`) ?? 0) + 1)
    expect(counts.get('transfer ok')).toBeGreaterThan(200)
    expect(counts.get('read ok')).toBeGreaterThan(50)
    expect(counts.get('transfer info')).toBeGreaterThan(10)
    expect(counts.get('transfer fail')).toBeGreaterThan(10)
  })
})

describe('a run of a seed', () => {
  it('is deterministic, and a recorded plan gives the same run again', () =>
    expectRepeatable(5, (seed) => simulateCommit(seed, null), commitSimulation))
})

describePlantedBugs(bugs, (seed, bug) => judge(simulateCommit(seed, bug as Bug)))
