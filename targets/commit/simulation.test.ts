/** The core under the deterministic simulator: healthy for many seeds; each planted bug is found. */
import { describe, expect, it } from 'vitest'
import { bank } from '../../checkers/data/bank.ts'
import { bareRecord } from '../../harness/store/run-store.ts'
import { isFull, sized } from '../../harness/testing/capabilities.ts'
import { type Bug, bugs } from './bugs/bugs.ts'
import { commitSimulation, simulateCommit } from './simulation/simulate.ts'

const checker = bank({ accounts: 0, total: 0 })

/** What is wrong with a run; null if nothing is. (In one of many runs no read of all accounts gets through.) */
const judge = async ({ violation, history }: ReturnType<typeof simulateCommit>): Promise<string | null> => {
  if (violation !== null) return violation
  const { status, summary } = await checker.check(bareRecord(history), new AbortController().signal)
  return status === 'invalid' ? summary : null
}

/** Against hanging only: on a loaded machine this takes minutes. */
const TIMEOUT_MS = sized(900_000, 3_600_000)

describe('the healthy core', () => {
  const seeds = sized(100, 1000)
  it(
    `keeps the properties of atomic commitment, and all money, for ${seeds} seeds`,
    async () => {
      for (let seed = 1; seed <= seeds; seed++)
        expect(await judge(simulateCommit(seed, null)), `seed ${seed}`).toBeNull()
    },
    TIMEOUT_MS,
  )

  it('is exercised: transfers with every outcome, and reads of all accounts', () => {
    const counts = new Map<string, number>()
    for (let seed = 0; seed < 10; seed++)
      for (const { f, type } of simulateCommit(seed, null).history)
        counts.set(`${f} ${type}`, (counts.get(`${f} ${type}`) ?? 0) + 1)
    expect(counts.get('transfer ok')).toBeGreaterThan(200)
    expect(counts.get('read ok')).toBeGreaterThan(50)
    expect(counts.get('transfer info')).toBeGreaterThan(10)
    expect(counts.get('transfer fail')).toBeGreaterThan(10)
  })

  it('is deterministic, and a recorded plan gives the same run again', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { elections: _, ...run } = simulateCommit(seed, null)
      const plan = { ...commitSimulation.draw(seed), faults: run.faults }
      expect(commitSimulation.run(plan, null), `seed ${seed}`).toMatchObject(run)
    }
  })
})

describe('every planted bug is found', () => {
  it.each(bugs.map(({ name, simulatorSeeds }) => [name, simulatorSeeds ?? 0] as const))(
    '%s within %i seeds',
    async (name, simulatorSeeds) => {
      const found: string[] = []
      for (let seed = 1; seed <= simulatorSeeds && (isFull || found.length === 0); seed++) {
        const broken = await judge(simulateCommit(seed, name as Bug))
        if (broken !== null) found.push(broken)
      }
      expect(found.length).toBeGreaterThan(0)
    },
    TIMEOUT_MS,
  )
})
