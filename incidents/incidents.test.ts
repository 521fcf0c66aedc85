import { describe, expect, it } from 'vitest'
import type { IncidentContext } from '../harness/api/incident.ts'
import { incidentPlan } from '../harness/cli/run/incidents.ts'
import { findNemesis } from '../harness/cli/run/registries.ts'
import { rngFromSeed } from '../harness/support/random.ts'
import { NS_PER_S } from '../harness/support/time.ts'
import { raft } from '../targets/raft/target.ts'
import { incidents } from './index.ts'

const names = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `n${i + 1}`)

const context: IncidentContext = {
  target: raft,
  targetOptions: { version: '2' },
  nodes: names(5),
  clientGroups: 2,
  timeLimitNs: 20 * NS_PER_S,
  startUpNs: 0,
  tolerates: {},
}

const each = Object.entries(incidents)

describe.each(each)('%s', (name, incident) => {
  const planned = (seed: number, change: Partial<IncidentContext> = {}) =>
    incidentPlan(incident)(rngFromSeed(seed), { ...context, ...change })

  it('is filed under its name, and says what happened and where it is told', () => {
    expect(incident.name).toBe(name)
    expect(incident.happened?.link).toMatch(/^https:\/\/\S+$/)
    expect(incident.happened?.year).toBeGreaterThan(2000)
    for (const text of [incident.happened?.what, incident.effect, incident.endangers])
      expect(text).toMatch(/^[A-Z].*\.$/)
  })

  it('has a plan that is a function of the seed, of faults that their nemeses can make', () => {
    expect(planned(7)).toEqual(planned(7))
    expect(planned(7)).not.toEqual(planned(8))
    expect(JSON.parse(JSON.stringify(planned(7)))).toEqual(planned(7))
    const ids = planned(7).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each([1, 2, 3, 4, 5, 9])('fits %i nodes or needs more, and names none that is not there', (count) => {
    if (count < incident.leastNodes) return expect(incident.leastNodes).toBeLessThanOrEqual(3)
    const faults = planned(3, { nodes: names(count) })
    expect(faults.length).toBeGreaterThan(0)
    for (const fault of faults)
      for (const node of findNemesis(fault.nemesis).nodesNamed?.(fault) ?? [])
        expect(names(count)).toContain(node)
  })

  it.each([12, 20, 60, 600])('ends within %i s, and uses a longer run', (seconds) => {
    const timeLimitNs = seconds * NS_PER_S
    const faults = planned(5, { timeLimitNs })
    expect(faults.length).toBeGreaterThan(0)
    for (const { atNs, durationNs } of faults) expect(atNs + durationNs).toBeLessThanOrEqual(timeLimitNs)
    const inForce = (all: typeof faults): number => all.reduce((sum, { durationNs }) => sum + durationNs, 0)
    expect(inForce(planned(5, { timeLimitNs: 2 * timeLimitNs }))).toBeGreaterThan(inForce(faults))
  })

  it('plans nothing in a run that is too short', () =>
    expect(planned(5, { timeLimitNs: NS_PER_S })).toEqual([]))

  it('leaves slow nodes the time to start: other times, the same nemeses', () => {
    const run = { timeLimitNs: 600 * NS_PER_S }
    const used = (startUpNs: number) =>
      new Set(planned(5, { ...run, startUpNs }).map(({ nemesis }) => nemesis))
    expect(used(30 * NS_PER_S)).toEqual(used(0))
  })
})

it('the leap second reaches every node in four rounds, ahead and back', () => {
  const plan = (seed: number) =>
    incidents['leap-second']?.plan(rngFromSeed(seed), { ...context, timeLimitNs: 15 * NS_PER_S }) ?? []
  const moved = (seed: number, mode: string): ReadonlySet<string> => {
    const intents = plan(seed)
      .slice(0, 4)
      .map(({ intent }) => intent as { mode: string; victims: string; order: string[] })
    const ofMode = intents.filter((intent) => intent.mode === mode)
    return new Set(ofMode.flatMap(({ victims, order }) => order.slice(0, victims === 'minority' ? 2 : 3)))
  }
  for (let seed = 0; seed < 20; seed++)
    for (const mode of ['bump', 'jump-back']) expect(moved(seed, mode)).toEqual(new Set(context.nodes))
})

it('a target with one version has nothing to upgrade to', () => {
  const { versions: _, ...target } = raft
  const lacks = (change: Partial<IncidentContext>) =>
    incidents['mixed-versions']?.lacks?.({ ...context, ...change })
  expect(lacks({})).toBeNull()
  expect(lacks({ target })).toBe('raft names no other version to upgrade to: see versions of Target')
})
