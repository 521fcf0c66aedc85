/** The core under the deterministic simulator: healthy for many seeds, with any quorums that meet; each planted bug is found. */
import { describe, expect, it } from 'vitest'
import { linearizability } from '../../checkers/data/linearizability.ts'
import { bareRecord } from '../../harness/store/run-store.ts'
import { isFull, sized } from '../../harness/testing/capabilities.ts'
import { type Bug, bugs } from './bugs/bugs.ts'
import { paxosSimulation, simulatePaxos } from './simulation/simulate.ts'

const checker = linearizability({ initial: null })

/** What is wrong with a run; null if nothing is. */
const judge = async ({ violation, history }: ReturnType<typeof simulatePaxos>): Promise<string | null> => {
  if (violation !== null) return violation
  const verdict = await checker.check(bareRecord(history), new AbortController().signal)
  return verdict.status === 'valid' ? null : `${verdict.status}: ${verdict.summary}`
}

/** Against hanging only: on a loaded machine this takes minutes. */
const TIMEOUT_MS = sized(900_000, 3_600_000)

describe('the healthy core', () => {
  const seeds = sized(100, 1000)
  it(
    `keeps the safety of consensus and linearizability for ${seeds} seeds`,
    async () => {
      for (let seed = 1; seed <= seeds; seed++)
        expect(await judge(simulatePaxos(seed, null)), `seed ${seed}`).toBeNull()
    },
    TIMEOUT_MS,
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
        expect(await judge(simulatePaxos(seed, null, { phase1, phase2 })), `seed ${seed}`).toBeNull()
    },
    TIMEOUT_MS,
  )

  it('with quorums that do not meet it is unsafe', async () => {
    const verdicts = await Promise.all(
      [1, 2, 3, 4, 5].map((seed) => judge(simulatePaxos(seed, null, { phase1: 3, phase2: 2 }))),
    )
    expect(verdicts.filter((verdict) => verdict !== null)).not.toEqual([])
  })

  it('is exercised: there are elections, and operations with every outcome', () => {
    const runs = Array.from({ length: 10 }, (_, seed) => simulatePaxos(seed, null))
    const elections = runs.reduce((sum, run) => sum + run.elections, 0)
    const types = new Map<string, number>()
    for (const { type } of runs.flatMap(({ history }) => history)) types.set(type, (types.get(type) ?? 0) + 1)
    expect(elections).toBeGreaterThan(50)
    expect(types.get('ok')).toBeGreaterThan(1000)
    expect(types.get('info')).toBeGreaterThan(10)
  })

  it('is deterministic, and a recorded plan gives the same run again', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { elections, ...run } = simulatePaxos(seed, null)
      const plan = { ...paxosSimulation.draw(seed), faults: run.faults }
      expect(paxosSimulation.run(plan, null), `seed ${seed}`).toMatchObject(run)
    }
  })
})

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
        const broken = await judge(simulatePaxos(seed, name as Bug))
        if (broken !== null) found.push(broken)
      }
      expect(found.length).toBeGreaterThan(0)
      expect(found[0]).not.toContain('unknown')
    },
    TIMEOUT_MS,
  )
})
