import { describe, expect, it } from 'vitest'
import { nemeses } from '../../nemeses/index.ts'
import { rngFromSeed } from '../support/random.ts'
import { NS_PER_S } from '../support/time.ts'
import { type Phase, phasesOf, windowsOf } from './phases.ts'

const ALL = Object.values(nemeses)
const THREE = ALL.filter(({ name }) => ['partition', 'kill', 'pause'].includes(name))
const draw = (seed: number, actors = ALL, seconds = 60, restNs = 0): readonly Phase[] =>
  phasesOf(rngFromSeed(seed), actors, seconds * NS_PER_S, restNs)

describe.each([1, 2, 3, 4, 5])('the phases of seed %i', (seed) => {
  const everything = draw(seed)
  const phases = everything.filter(({ kind }) => kind !== 'beneath')

  it('come one after another, with time to recover between, and end with the run', () => {
    expect(phases.length).toBeGreaterThan(15)
    for (const [at, { fromNs, toNs }] of phases.entries()) {
      expect(toNs - fromNs).toBeGreaterThan(0.8 * NS_PER_S)
      const previousNs = phases[at - 1]?.toNs ?? 0
      expect(fromNs - previousNs).toBeGreaterThanOrEqual(0.69 * NS_PER_S)
    }
    expect(phases.at(-1)?.toNs).toBeLessThanOrEqual(60 * NS_PER_S)
  })

  it('are of every kind, and every nemesis has its own', () => {
    expect(new Set(phases.map(({ kind }) => kind))).toEqual(
      new Set(['alone', 'pair', 'burst', 'storm', 'calm', 'outage']),
    )
    for (const { name } of ALL) expect(windowsOf(everything, name).length).toBeGreaterThan(0)
  })

  it('let one nemesis act at a time, if there are few', () => {
    for (const { kind, nemeses: acting } of draw(seed, THREE)) {
      if (kind === 'alone') expect(acting).toHaveLength(1)
      if (kind === 'calm') expect(acting).toEqual([])
      if (kind === 'pair' || kind === 'burst') expect(new Set(acting).size).toBe(2)
    }
  })

  it('let mild nemeses act beneath the others, and only those', () => {
    for (const { kind, nemeses: acting } of everything)
      for (const name of acting) expect(nemeses[name]?.isMild ?? false, name).toBe(kind === 'beneath')
  })

  it('burst only with nemeses that can hit whoever leads', () => {
    const bursting = phases.filter(({ kind }) => kind === 'burst').flatMap((phase) => phase.nemeses)
    for (const name of bursting) expect(nemeses[name]?.followsLeaders).toBe(true)
    expect(
      draw(
        seed,
        [nemeses.cpu, nemeses.io].flatMap((each) => each ?? []),
      ).map(({ kind }) => kind),
    ).not.toContain('burst')
  })

  it('are slow in some of the bursts, for all of the window, beneath those that follow the leader', () => {
    const slow = phases.filter(({ slowedBy }) => slowedBy !== undefined)
    expect(slow.length).toBeGreaterThan(0)
    expect(slow.length).toBeLessThan(phases.filter(({ kind }) => kind === 'burst').length)
    for (const { kind, slowedBy = '', nemeses: acting, fromNs, toNs } of slow) {
      expect(kind).toBe('burst')
      expect(nemeses[slowedBy]?.slows).toBe(true)
      expect(acting).not.toContain(slowedBy)
      expect(windowsOf(everything, slowedBy)).toContainEqual({ fromNs, toNs, kind: 'slow' })
    }
  })

  it('end with an outage, if a nemesis can stop all nodes', () => {
    expect(phases.at(-1)).toMatchObject({ kind: 'outage', nemeses: ['kill'], toNs: 60 * NS_PER_S })
    expect(windowsOf(everything, 'kill').at(-1)?.kind).toBe('outage')
    const others = ALL.filter(({ name }) => name !== 'kill')
    expect(draw(seed, others).map(({ kind }) => kind)).not.toContain('outage')
  })

  it('leave every nemesis a turn in a short run, too', () => {
    const short = draw(seed, ALL, 15)
    for (const { name } of ALL) expect(windowsOf(short, name).length).toBeGreaterThan(0)
  })

  it('leave nodes the time that they take to start', () => {
    const slow = draw(seed, THREE, 120, 10 * NS_PER_S)
    for (const [at, { fromNs }] of slow.entries())
      if (at > 0) expect(fromNs - (slow[at - 1]?.toNs ?? 0)).toBeGreaterThanOrEqual(9.99 * NS_PER_S)
  })
})

it('another seed has other phases, the same seed the same', () => {
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
})
