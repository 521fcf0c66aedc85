import { describe, expect, it } from 'vitest'
import type { Cluster, ClusterNode } from '../harness/api/environment.ts'
import type { NemesisContext, PlanContext } from '../harness/api/nemesis.ts'
import { rngFromSeed } from '../harness/support/random.ts'
import { nemeses } from './index.ts'
import { activeFault } from './parts/active-fault.ts'
import { bridge, type Link, linksOf, majoritiesRing, seesawSide, split } from './parts/grudge.ts'
import { resolveVictims } from './parts/victims.ts'

const names = ['n1', 'n2', 'n3', 'n4', 'n5']
const context: PlanContext = {
  nodes: names,
  clientGroups: 2,
  timeLimitNs: 60e9,
  tolerates: { partition: 'any', kill: 'any', pause: 'any' },
  target: { name: 'etcd', options: {}, mistakes: [{ option: 'heartbeat', value: 20 }] },
  targetOptions: {},
}

const defaults = (name: string): Record<string, string | number | boolean> =>
  Object.fromEntries(Object.entries(nemeses[name]?.options ?? {}).map(([key, spec]) => [key, spec.default]))

const planOf = (name: string, seed: number, options = {}, ctx = context) =>
  nemeses[name]?.plan(rngFromSeed(seed).fork(name), { ...defaults(name), ...options }, ctx) ?? []

const sees = (links: readonly Link[], a: string): string[] =>
  names.filter((b) => b !== a && !links.some(({ from, to }) => from === a && to === b))

describe('shapes of a partition', () => {
  it('split cuts every link between groups, both ways', () => {
    const links = split(['n1', 'n2'], ['n3', 'n4', 'n5'])
    expect(links).toHaveLength(12)
    expect(sees(links, 'n1')).toEqual(['n2'])
    expect(sees(links, 'n4')).toEqual(['n3', 'n5'])
  })

  it('bridge: one node sees all, the halves only through it', () => {
    const links = bridge(names)
    expect(sees(links, 'n1')).toHaveLength(4)
    expect(sees(links, 'n2')).toEqual(['n1', 'n3'])
  })

  it('ring: everyone sees a majority, and no two the same', () => {
    const links = majoritiesRing(names)
    const views = names.map((name) => [name, ...sees(links, name)].sort().join())
    for (const view of views) expect(view.split(',')).toHaveLength(3)
    expect(new Set(views).size).toBe(5)
  })

  it('seesaw: the side that leads is cut off, and never a majority', () => {
    expect(seesawSide(names, 'n2')).toEqual(['n2', 'n3'])
    expect(seesawSide(names, 'n5')).toEqual(['n4', 'n5'])
    expect(seesawSide(names, 'n1')).toEqual(['n1', 'n2'])
    expect(seesawSide(['n1', 'n2', 'n3'], 'n1')).toEqual(['n1'])
  })

  it.each(['halves', 'random-halves', 'one', 'minority', 'bridge', 'ring'] as const)(
    '%s cuts something, symmetrically',
    (shape) => {
      const links = linksOf(shape, names, ['n3', 'n1', 'n5', 'n2', 'n4'])
      expect(links.length).toBeGreaterThan(0)
      for (const { from, to } of links) expect(links).toContainEqual({ from: to, to: from })
    },
  )
})

describe.each(Object.keys(nemeses))('the plan of %s', (name) => {
  it('is a pure function of the seed', () => {
    expect(planOf(name, 7)).toEqual(planOf(name, 7))
    expect(planOf(name, 7)).not.toEqual(planOf(name, 8))
  })

  it('has faults that do not overlap each other, within the time limit, with ids of their own', () => {
    const plan = planOf(name, 3)
    expect(plan.length).toBeGreaterThan(3)
    expect(new Set(plan.map(({ id }) => id)).size).toBe(plan.length)
    for (const [i, fault] of plan.entries()) {
      expect(fault.atNs + fault.durationNs).toBeLessThanOrEqual(context.timeLimitNs)
      const next = plan[i + 1]
      if (next !== undefined) expect(next.atNs).toBeGreaterThan(fault.atNs + fault.durationNs)
    }
  })

  it('survives being written as JSON', () =>
    expect(JSON.parse(JSON.stringify(planOf(name, 3)))).toEqual(planOf(name, 3)))
})

describe('options', () => {
  it('names what it does not know', () => {
    expect(() => planOf('partition', 1, { shapes: 'halfs' })).toThrow('shapes=halfs is none of halves')
    expect(() => planOf('kill', 1, { victims: 'everyone' })).toThrow('victims=everyone')
    expect(() => planOf('connection', 1, { modes: 'cut' })).toThrow('modes=cut is none of reset')
    expect(() => planOf('connection', 1, { with: 'friends' })).toThrow('with=friends is none of peers')
  })

  it('refuses shapes that cut nothing in so small a cluster', () => {
    expect(() =>
      planOf('partition', 1, { shapes: 'ring' }, { ...context, nodes: ['n1', 'n2', 'n3'] }),
    ).toThrow('cut no link among 3 nodes')
  })

  it('keeps within what the claims tolerate', () => {
    const plan = planOf('kill', 5, {}, { ...context, tolerates: { kill: 'minority' } })
    const words = new Set(plan.map(({ intent }) => intent.victims))
    expect([...words].every((word) => ['leader', 'one', 'minority'].includes(word as string))).toBe(true)
  })
})

describe('restarts on lost data', () => {
  const lossy = (options: object, tolerates: PlanContext['tolerates']) =>
    planOf('kill', 3, { interval: 1000, duration: 200, ...options }, { ...context, tolerates }).map(
      ({ model }) => model,
    )

  it('spend what the claims tolerate, over the whole run', () => {
    const models = lossy({ data: 'kept+wiped' }, { kill: 'any', 'data-loss': 2 })
    expect(models.filter((model) => model === 'data-loss')).toHaveLength(2)
    expect(models.length).toBeGreaterThan(10)
    expect(lossy({ data: 'kept+wiped' }, { kill: 'any' })).not.toContain('data-loss')
  })

  it('go beyond it only where nothing else was asked for', () => {
    expect(new Set(lossy({ data: 'wiped' }, { kill: 'any' }))).toEqual(new Set(['data-loss']))
  })

  it('hit one node at a time', () => {
    const plan = planOf('kill', 3, { data: 'wiped', victims: 'all+majority+one' })
    expect(new Set(plan.map(({ intent }) => intent.victims))).toEqual(new Set(['one']))
  })
})

describe('a fault in force', () => {
  it('heals once, however often it is asked, also at the same time', async () => {
    let heals = 0
    const effect = { effective: true, summary: 'x', measurements: {} }
    const fault = activeFault(
      'kill-1',
      ['n1'],
      async () => effect,
      async () => {
        heals++
        return effect
      },
    )
    expect(await Promise.all([fault.heal(), fault.heal()])).toEqual([effect, effect])
    expect(await fault.heal()).toBe(effect)
    expect(heals).toBe(1)
  })
})

describe('victims', () => {
  const cluster = { nodes: names.map((name) => ({ name }) as ClusterNode) } as unknown as Cluster
  const at = (leader: string | null): NemesisContext => ({
    cluster,
    leader: async () => leader,
    status: async () => null,
    launchWith: () => ({ processes: [], files: {} }),
    isReady: async () => true,
    signal: new AbortController().signal,
  })
  const order = ['n4', 'n2', 'n5', 'n1', 'n3']
  const hit = async (victims: string, leader: string | null = 'n2') =>
    (await resolveVictims(at(leader), { victims, order })).map(({ name }) => name)

  it('are resolved when the fault is injected', async () => {
    expect(await hit('leader')).toEqual(['n2'])
    expect(await hit('leader', null)).toEqual(['n4'])
    expect(await hit('followers')).toEqual(['n4', 'n5', 'n1', 'n3'])
    expect(await hit('one')).toEqual(['n4'])
    expect(await hit('minority')).toEqual(['n4', 'n2'])
    expect(await hit('majority')).toEqual(['n4', 'n2', 'n5'])
    expect(await hit('all')).toHaveLength(5)
    expect(await hit('n3')).toEqual(['n3'])
  })
})
