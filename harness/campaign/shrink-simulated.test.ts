import { describe, expect, it } from 'vitest'
import type { SimulatedFault } from '../api/simulation.ts'
import { shrinkSimulated, type WholePlan } from './shrink-simulated.ts'

const fault = (kind: string, atTick: number, lastsTicks = 64): SimulatedFault => ({
  kind,
  atTick,
  lastsTicks,
})

const WHOLE: WholePlan = {
  seed: 1,
  ticks: 1000,
  nodes: 5,
  clients: 6,
  isLossy: true,
  faults: ['x', 'a', 'x', 'x', 'b', 'x', 'c'].map((kind, at) => fault(kind, 100 * at)),
}

/** Of the kinds that are needed, each must be there for so many ticks before the end. */
const needing =
  (kinds: readonly string[], { clients = 1, nodes = 1, least = 0 } = {}) =>
  async (plan: WholePlan): Promise<boolean> =>
    plan.clients >= clients &&
    plan.nodes >= nodes &&
    kinds.every((kind) =>
      plan.faults.some((each) => each.kind === kind && each.lastsTicks > least && each.atTick < plan.ticks),
    )

describe('a simulated plan', () => {
  it('keeps what is needed alone', async () => {
    const { faults, ...others } = await shrinkSimulated(
      WHOLE,
      needing(['a', 'b'], { clients: 2, nodes: 4, least: 20 }),
    )
    expect(faults).toEqual([fault('a', 100, 32), fault('b', 400, 32)])
    expect(others).toEqual({ seed: 1, ticks: 401, nodes: 4, clients: 2, isLossy: false })
  })

  it('has no fault where none is needed, and three nodes at least', async () =>
    expect(await shrinkSimulated(WHOLE, async () => true)).toEqual({
      seed: 1,
      ticks: 1,
      nodes: 3,
      clients: 1,
      isLossy: false,
      faults: [],
    }))

  it('stays as it is where nothing smaller breaks it', async () => {
    const isWhole = async (plan: WholePlan): Promise<boolean> =>
      JSON.stringify(plan) === JSON.stringify(WHOLE)
    expect(await shrinkSimulated(WHOLE, isWhole)).toEqual(WHOLE)
  })

  it('becomes smaller in one way after it did in another', async () => {
    // Fewer clients need fewer faults, and fewer faults fewer clients.
    const breaks = async ({ clients, faults }: WholePlan): Promise<boolean> =>
      faults.length >= clients && clients + faults.length >= 5 && faults.some(({ kind }) => kind === 'c')
    const { clients, faults } = await shrinkSimulated({ ...WHOLE, clients: 7 }, breaks)
    expect(faults).toHaveLength(4)
    expect(clients).toBe(1)
  })

  it('is decided once for each candidate', async () => {
    const seen: string[] = []
    await shrinkSimulated(WHOLE, async (plan) => {
      seen.push(JSON.stringify(plan))
      return needing(['b'])(plan)
    })
    expect(new Set(seen).size).toBe(seen.length)
  })
})
