/** The core under the deterministic simulator: what each combination keeps, and that each planted bug is found. */
import { describe, expect, it } from 'vitest'
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
import { isAgreed } from './choices.ts'
import type { Choices, Failover, InMinority, Replication } from './core/types.ts'
import { primaryBackupSimulation, simulatePrimaryBackup, simulateWithout } from './simulation/simulate.ts'
import { SAFE } from './testing/bench.ts'

const REPLICATIONS: readonly Replication[] = ['sync', 'semi-sync', 'async']
const FAILOVERS: readonly Failover[] = ['none', 'timeout', 'view-service', 'majority']
const IN_MINORITY: readonly InMinority[] = ['refuse', 'read-only', 'serve-all', 'serve-stale-and-say-so']

const COMBINATIONS: readonly Choices[] = FAILOVERS.flatMap((failover) =>
  REPLICATIONS.flatMap((replication) =>
    [true, false].flatMap((fencing) =>
      IN_MINORITY.map((minority) => ({ failover, replication, fencing, minority })),
    ),
  ),
)

/** It answers with what may be old. */
const readsOld = ({ failover, minority }: Choices): boolean =>
  minority === 'serve-stale-and-say-so' || (minority === 'read-only' && failover !== 'none')

const inWords = ({ replication, failover, fencing, minority }: Choices): string =>
  `${replication}, ${failover}, fencing ${fencing ? 'on' : 'off'}, ${minority}`

describe('the healthy core', () => {
  const seeds = sized(100, 1000)
  it(
    `keeps everything for ${seeds} seeds, by a majority, by a view service and without failover`,
    async () => {
      for (let seed = 1; seed <= seeds; seed++)
        expect(await judgeRegisters(simulatePrimaryBackup(seed, null)), `seed ${seed}`).toBeNull()
    },
    SIMULATION_TIMEOUT_MS,
  )

  it('is exercised: there are view changes, and operations with every outcome', () => {
    const runs = Array.from({ length: 10 }, (_, seed) => simulatePrimaryBackup(seed, null, SAFE))
    const views = runs.reduce((sum, run) => sum + run.elections, 0)
    const types = typesIn(runs)
    expect(views).toBeGreaterThan(50)
    expect(types.get('ok')).toBeGreaterThan(800)
    expect(types.get('info')).toBeGreaterThan(10)
  })

  it('is deterministic, and a recorded plan gives the same run again', () =>
    expectRepeatable(5, (seed) => simulatePrimaryBackup(seed, null), primaryBackupSimulation))
})

describe('of all combinations', () => {
  const keeps = COMBINATIONS.filter((choices) => isAgreed(choices))
  const loses = COMBINATIONS.filter((choices) => !isAgreed(choices))

  it.each(keeps.map((choices) => [inWords(choices), choices] as const))(
    '%s: nothing that was acknowledged is lost, and reads are old only where the claims say so',
    async (_, choices) => {
      for (let seed = 1; seed <= sized(2, 40); seed++) {
        const run = simulatePrimaryBackup(seed, null, choices)
        expect(run.violation).toBeNull()
        if (!readsOld(choices)) expect(await judgeRegisters(run), `seed ${seed}`).toBeNull()
      }
    },
    SIMULATION_TIMEOUT_MS,
  )

  it.each(loses.map((choices) => [inWords(choices), choices] as const))(
    '%s: it is not linearizable under faults, as it says',
    async (_, choices) => {
      let broken: string | null = null
      for (let seed = 1; seed <= 12 && broken === null; seed++)
        broken = await judgeRegisters(simulatePrimaryBackup(seed, null, choices))
      expect(broken).toMatch(/^invalid/)
    },
    SIMULATION_TIMEOUT_MS,
  )
})

describe('combinations that stand some faults', () => {
  const kills = (faults: readonly ClusterFault[]): readonly ClusterFault[] =>
    faults.flatMap((fault) => (fault.kind === 'crash' ? [{ ...fault, losesPower: false }] : []))

  /** One data node at a time, and time to settle. */
  const single = (faults: readonly ClusterFault[]): readonly ClusterFault[] => {
    let until = 0
    return kills(faults).filter((fault) => {
      if (fault.atTick < until || (fault.kind === 'crash' && fault.node === 'n5')) return false
      until = fault.atTick + fault.lastsTicks + 60
      return true
    })
  }

  const seeds = sized(10, 200)
  it.each([
    ['sync without fencing', 'any kills', { ...SAFE, fencing: false }, kills],
    [
      'sync by a view service without fencing',
      'any kills',
      { ...SAFE, failover: 'view-service', fencing: false },
      kills,
    ],
    [
      'semi-sync by a view service',
      'one kill at a time',
      { ...SAFE, replication: 'semi-sync', failover: 'view-service' },
      single,
    ],
  ] as const)(
    '%s stands %s',
    async (_, _faults, choices, allowed) => {
      let made = 0
      for (let seed = 1; seed <= seeds; seed++) {
        const run = simulateWithout(seed, choices, allowed)
        made += run.faults.length
        expect(await judgeRegisters(run), `seed ${seed}`).toBeNull()
      }
      expect(made).toBeGreaterThan(seeds)
    },
    SIMULATION_TIMEOUT_MS,
  )
})

describePlantedBugs(bugs, (seed, bug) => judgeRegisters(simulatePrimaryBackup(seed, bug as Bug)))
