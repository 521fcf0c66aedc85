import { describe, expect, it } from 'vitest'
import { rngFromSeed } from '../support/random.ts'
import { cellsOf } from './exercise.ts'
import { drawChoice, type Space } from './swarm.ts'

const SPACE: Space = {
  nemeses: { kill: [], partition: [], clock: ['modes=bump+drift'], disk: [] },
  nodes: [3, 5],
  workload: ['keys=2'],
  shares: { reads: 0.5, slow: 0.01 },
}
const NOTHING = cellsOf([])

const draw = (seed: number, cells = NOTHING) =>
  drawChoice(rngFromSeed(seed).fork('swarm'), { target: 'raft', timeLimit: '9s' }, SPACE, cells)

const draws = (cells = NOTHING) => Array.from({ length: 400 }, (_, seed) => draw(seed, cells))

const shareOf = (nemesis: string, cells = NOTHING): number =>
  draws(cells).filter((choice) => choice.nemesis?.split(',').includes(nemesis)).length / 400

const use = (during: Readonly<Record<string, number>>) => ({ faults: 1, used: 1, during, after: {} })

describe('a swarm', () => {
  it('draws the same for the same seed, and differs between seeds', () => {
    expect(draw(3)).toEqual(draw(3))
    expect(new Set(draws().map((choice) => choice.nemesis)).size).toBeGreaterThan(8)
    expect(new Set(draws().map(({ nodes }) => nodes))).toEqual(new Set([3, 5]))
  })

  it('has calms and storms, slow and quick clients', () => {
    const rates = draws().map(({ rate }) => rate ?? 0)
    expect(rates.filter((rate) => rate < 60).length).toBeGreaterThan(50)
    expect(rates.filter((rate) => rate > 500).length).toBeGreaterThan(30)
    expect(draws().filter(({ plan }) => plan === 'phases').length).toBeGreaterThan(120)
    expect(draws().filter(({ plan }) => plan === 'steady').length).toBeGreaterThan(120)
  })

  it('keeps what the suite chose, and what narrows a nemesis to the claims', () => {
    for (const { nemesis = '', nemesisOpts = '', timeLimit } of draws()) {
      expect(timeLimit).toBe('9s')
      expect(nemesis).not.toBe('')
      expect(String(nemesisOpts).includes('clock.modes=bump+drift')).toBe(
        nemesis.split(',').includes('clock'),
      )
    }
  })

  it('mixes operations anew, around the defaults, and keeps the options that the suite chose', () => {
    const mixes = draws().map(({ workloadOpts }) =>
      /^keys=2,reads=([\d.]+),slow=([\d.]+)$/.exec(String(workloadOpts)),
    )
    const shares = (at: number): readonly number[] =>
      mixes.map((mix) => Number(mix?.[at])).sort((a, b) => a - b)
    const ends = (at: number): readonly unknown[] => [shares(at)[0], shares(at).at(-1)]
    expect(ends(1)).toEqual([expect.closeTo(0.2, 1), expect.closeTo(0.8, 1)])
    expect(ends(2)).toEqual([expect.closeTo(0.0025, 3), expect.closeTo(0.039, 2)])
    expect(new Set(shares(1)).size).toBeGreaterThan(30)
  })

  it('goes towards what has not been reached', () => {
    const cells = cellsOf([
      { nemeses: [], during: { 'kill/at-once': use({ read: 5, write: 2 }) } },
      { nemeses: [], during: { 'partition/halves': use({ read: 5, write: 0 }) } },
    ])
    expect(shareOf('kill', cells)).toBeLessThan(0.45)
    expect(shareOf('partition', cells)).toBeGreaterThan(0.5)
    expect(shareOf('disk', cells)).toBeGreaterThan(0.75)
  })

  it('draws the load where no fault is possible', () => {
    const choice = drawChoice(rngFromSeed(1), { target: 't' }, { ...SPACE, nemeses: {}, nodes: [1] }, NOTHING)
    expect(choice).toMatchObject({ target: 't', nodes: 1 })
    expect(choice).not.toHaveProperty('nemesis')
  })
})
