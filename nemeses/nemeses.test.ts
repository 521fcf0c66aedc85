import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Cluster, ClusterNode } from '../harness/api/environment.ts'
import type {
  Link,
  NemesisContext,
  PlanContext,
  PlannedFault,
  RecordedFault,
} from '../harness/api/nemesis.ts'
import type { Target } from '../harness/api/target.ts'
import { UserError } from '../harness/support/assert.ts'
import { rngFromSeed } from '../harness/support/random.ts'
import { etcd } from '../targets/etcd/target.ts'
import { raft } from '../targets/raft/target.ts'
import { nemeses } from './index.ts'
import { bridge, linksOf, majoritiesRing, seesawSide, split } from './parts/grudge.ts'
import { number } from './parts/options.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims } from './parts/victims.ts'

const names = ['n1', 'n2', 'n3', 'n4', 'n5']
const context: PlanContext = {
  nodes: names,
  clientGroups: 2,
  timeLimitNs: 60e9,
  startUpNs: 0,
  hasDisks: true,
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
  it('split cuts every link between groups, in both directions', () => {
    const links = split(['n1', 'n2'], ['n3', 'n4', 'n5'])
    expect(links).toHaveLength(12)
    expect(sees(links, 'n1')).toEqual(['n2'])
    expect(sees(links, 'n4')).toEqual(['n3', 'n5'])
  })

  it('bridge: one node reaches all, the halves are connected only through it', () => {
    const links = bridge(names)
    expect(sees(links, 'n1')).toHaveLength(4)
    expect(sees(links, 'n2')).toEqual(['n1', 'n3'])
  })

  it('ring: every node reaches a majority, and no two the same one', () => {
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

  it('survives being written as JSON, and is recalled unchanged', () => {
    const plan = planOf(name, 3)
    const read: readonly RecordedFault[] = JSON.parse(JSON.stringify(plan))
    expect(read).toEqual(plan)
    // Fields that follow from the intent are restored if they were not recorded.
    const bare = read.map(({ id, nemesis, atNs, durationNs, model, intent }) => ({
      id,
      nemesis,
      atNs,
      durationNs,
      model,
      intent,
    }))
    expect(bare.map((fault) => nemeses[name]?.recall(fault))).toEqual(plan)
  })

  it('names its kinds after itself, and only nodes of the cluster', () => {
    for (const fault of planOf(name, 3)) {
      expect(fault.kind).toMatch(new RegExp(`^${name}/[a-z]`))
      for (const node of nemeses[name]?.nodesNamed?.(fault) ?? []) expect(names).toContain(node)
    }
  })
})

describe.each([
  ['packet', 'delay', 'delayMs', 50],
  ['disk', 'latency', 'latencyMs', 50],
])('%s, as what makes all nodes slow', (name, mode, field, usualMs) => {
  const window = { fromNs: 10e9, toNs: 13e9, kind: 'slow' } as const
  const slow = (tolerates: PlanContext['tolerates'], options = {}) =>
    planOf(name, 3, options, { ...context, windows: [window], tolerates })

  it('delays everything for the whole window and a little longer, by less than usual, and is one fault without a trigger', () => {
    const faults = slow({ timing: 'any', 'disk-errors': 'minority' })
    expect(faults).toMatchObject([{ atNs: window.fromNs, durationNs: 5e9, kind: `${name}/${mode}` }])
    const { intent, trigger } = faults[0] as PlannedFault
    expect(intent).toMatchObject({ victims: 'all' })
    const delay = (intent as Record<string, unknown>)[field]
    expect(delay).toBeGreaterThanOrEqual(0.2 * usualMs)
    expect(delay).toBeLessThan(0.8 * usualMs)
    expect(trigger).toBeUndefined()
  })

  it('does not hit all nodes with something else, if it may not be slow', () => {
    const other = { packet: 'loss', disk: 'errors' }[name]
    const faults = Array.from({ length: 20 }, (_, seed) =>
      planOf(
        name,
        seed,
        { modes: other },
        { ...context, windows: [window], tolerates: { omission: 'any', 'disk-errors': 'any' } },
      ),
    ).flat()
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set([`${name}/${other}`]))
    expect(new Set(faults.map(({ intent }) => intent.victims)).size).toBeGreaterThan(1)
  })

  it('hits no more nodes than the claims tolerate', () =>
    expect(slow({ timing: 1 })[0]?.intent).toMatchObject({ victims: 'one' }))
})

describe('in the outage that ends a run', () => {
  const window = { fromNs: 59e9, toNs: 60e9, kind: 'outage' } as const
  const under = (tolerates: PlanContext['tolerates'], hasDisks = true) =>
    planOf('kill', 3, {}, { ...context, windows: [window], tolerates, hasDisks })
  const plan = (kill: 'any' | 'minority') => under({ kill })

  it('all nodes are down for all of it, and it does not wait for the cluster to serve', () => {
    expect(plan('any')).toMatchObject([{ atNs: 59e9, durationNs: 1e9, intent: { victims: 'all' } }])
    expect(plan('any')[0]?.latestNs).toBeUndefined()
  })

  it('no more nodes are down than the claims tolerate', () =>
    expect(['one', 'leader', 'minority']).toContain(plan('minority')[0]?.intent.victims))

  it.each([
    ['unsynced-lost', { kill: 'any', 'power-loss': 'any' }, true],
    // A majority would be too many, or nothing can be lost.
    ['kept', { kill: 'any', 'power-loss': 'minority' }, true],
    ['kept', { kill: 'any' }, true],
    ['kept', { kill: 'any', 'power-loss': 'any' }, false],
  ] as const)('data is %s where the claims tolerate %o; disks of ours: %s', (data, tolerates, hasDisks) =>
    expect(under(tolerates, hasDisks)[0]?.intent).toMatchObject({ victims: 'all', data }),
  )
})

describe('options', () => {
  it('names unknown words', () => {
    expect(() => planOf('partition', 1, { shapes: 'halfs' })).toThrow('shapes=halfs is not one of halves')
    expect(() => planOf('kill', 1, { victims: 'everyone' })).toThrow('victims=everyone')
    expect(() => planOf('partition', 1, { traffic: 'tcp:80+icmp' })).toThrow('traffic=icmp is neither')
    expect(() => planOf('connection', 1, { modes: 'cut' })).toThrow('modes=cut is not one of reset')
    expect(() => planOf('connection', 1, { with: 'friends' })).toThrow('with=friends is not one of peers')
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

describe('what a nemesis needs under its options and of its target', () => {
  it('pause needs a freezer if that is the only method', () => {
    const needs = (method: string) => nemeses.pause?.alsoNeeds?.({ ...defaults('pause'), method }, etcd)
    expect([needs('freezer'), needs('both'), needs('sigstop')]).toEqual([['freezer'], [], []])
    expect(nemeses.pause?.uses).toContain('freezer')
  })

  it('the adversary holds proposals with a relay where a codec knows them, otherwise packets of leaders', () => {
    const { adversary } = nemeses
    expect([etcd, raft].map((target) => adversary?.alsoNeeds?.(defaults('adversary'), target))).toEqual([
      [],
      ['partition', 'relay'],
    ])
    const holdsOn = ({ name, options, byzantine }: Target) => {
      const target = byzantine === undefined ? { name, options } : { name, options, byzantine }
      return planOf('adversary', 1, {}, { ...context, target }).map(({ kind }) => kind)[0]
    }
    expect([etcd, raft].map(holdsOn)).toEqual(['adversary/leaders', 'adversary/proposals'])
    const { status: _, ...silent } = etcd
    expect(adversary?.needsOfTarget?.(silent, {})).toMatch(/no status/)
  })

  it('disk says how its disks are set up, as does every nemesis that needs disks, and no other', () => {
    expect(nemeses.disk?.disks?.({ ...defaults('disk'), durability: 'strict' })).toBe('strict')
    for (const { needs, disks } of Object.values(nemeses))
      expect(disks !== undefined).toBe(needs.includes('disk'))
  })
})

describe('a recorded plan', () => {
  it('names its victim nodes', () => {
    const [fault] = planOf('kill', 3, { victims: 'n4' })
    const shorter = { ...fault, intent: { ...fault?.intent, order: ['n1', 'n2'] } } as PlannedFault
    expect(nemeses.kill?.nodesNamed?.(shorter)).toEqual(['n1', 'n2', 'n4'])
  })
})

describe('restarts on lost data', () => {
  const lossy = (options: object, tolerates: PlanContext['tolerates']) =>
    planOf('kill', 3, { interval: 1000, duration: 200, ...options }, { ...context, tolerates }).map(
      ({ model }) => model,
    )

  it('stay within what the claims tolerate, over the whole run', () => {
    const models = lossy({ data: 'kept+wiped' }, { kill: 'any', 'data-loss': 2 })
    expect(models.filter((model) => model === 'data-loss')).toHaveLength(2)
    expect(models.length).toBeGreaterThan(10)
    expect(lossy({ data: 'kept+wiped' }, { kill: 'any' })).not.toContain('data-loss')
  })

  it('exceed it only if nothing else was requested', () => {
    expect(new Set(lossy({ data: 'wiped' }, { kill: 'any' }))).toEqual(new Set(['data-loss']))
  })

  it('hit one node at a time', () => {
    const plan = planOf('kill', 3, { data: 'wiped', victims: 'all+majority+one' })
    expect(new Set(plan.map(({ intent }) => intent.victims))).toEqual(new Set(['one']))
  })
})

/** A nemesis made by `scheduledNemesis`, and how often its fault was healed. */
const poke = () => {
  const told: unknown[] = []
  const nemesis = scheduledNemesis({
    name: 'poke',
    label: 'pokes',
    colour: 'pink',
    description: 'pokes a node so hard',
    needs: [],
    intervalMs: 1000,
    durationMs: 100,
    options: { hard: number(7, 'how hard') },
    model: ({ hard }) => (hard > 5 ? 'kill' : 'pause'),
    intent: z.strictObject({ hard: z.number(), node: z.string() }),
    kindOf: ({ hard }) => (hard > 5 ? 'hard' : 'soft'),
    nodesNamed: ({ node }) => [node],
    plan:
      ({ options }) =>
      (_, ordinal) => ({ hard: options.hard, node: `n${ordinal + 1}` }),
    inject: async (_, intent) => ({
      victims: [{ name: intent.node }],
      measure: async () => ({
        effective: intent.hard > 0,
        summary: 'poked',
        measurements: { hard: intent.hard },
      }),
      heal: async () => {
        told.push('healed')
        return { effective: true, summary: 'unpoked', measurements: { hard: 0 } }
      },
    }),
  })
  return { nemesis, told }
}

describe('the frame', () => {
  const options = { interval: 1000, duration: 100, gap: 200, hard: 7 }
  const { nemesis } = poke()
  const [first] = nemesis.plan(rngFromSeed(1), options, context)
  const recorded: RecordedFault = {
    id: 'poke-9',
    nemesis: 'poke',
    atNs: 5,
    durationNs: 6,
    model: 'pause',
    intent: { hard: 1, node: 'n2' },
  }

  it('records in each planned fault its model for the claims and its lane for the report', () =>
    expect(first).toMatchObject({
      id: 'poke-1',
      nemesis: 'poke',
      kind: 'poke/hard',
      label: 'pokes',
      colour: 'pink',
      model: 'kill',
      intent: { hard: 7, node: 'n1' },
    }))

  it('completes a recorded fault, and keeps the recorded fields', () => {
    expect(nemesis.recall(recorded)).toEqual({
      ...recorded,
      kind: 'poke/soft',
      label: 'pokes',
      colour: 'pink',
    })
    expect(nemesis.nodesNamed?.(nemesis.recall(recorded))).toEqual(['n2'])
  })

  it('gives a fault without a model that of its intent', () => {
    const { model: _, ...bare } = recorded
    expect(nemesis.recall(bare).model).toBe('pause')
    expect(nemesis.recall({ ...bare, intent: { hard: 9, node: 'n2' } }).model).toBe('kill')
  })

  it.each([
    ['a field that is missing', { node: 'n2' }, 'intent.hard: Invalid input: expected number'],
    ['a field of another type', { hard: 'very', node: 'n2' }, 'intent.hard: Invalid input: expected number'],
    ['a field too many', { hard: 1, node: 'n2', soft: 2 }, 'intent: Unrecognized key: "soft"'],
  ])('refuses a recorded fault with %s', (_, intent, message) => {
    const broken = { ...recorded, intent }
    expect(() => nemesis.recall(broken)).toThrow(
      `The planned fault poke-9 is not one that poke can inject: ${message}`,
    )
    expect(() => nemesis.recall(broken)).toThrow(UserError)
  })

  it('names the victims, and heals once even if heal is called repeatedly or concurrently', async () => {
    const { nemesis: other, told } = poke()
    const fault = await other.inject({} as NemesisContext, nemesis.recall(recorded))
    expect(fault.victims).toEqual(['n2'])
    expect(await fault.measure()).toMatchObject({ effective: true, measurements: { hard: 1 } })
    const [a, b] = await Promise.all([fault.heal(), fault.heal()])
    expect(a).toBe(b)
    expect(await fault.heal()).toBe(a)
    expect(told).toEqual(['healed'])
  })
})

describe('victims', () => {
  const cluster = { nodes: names.map((name) => ({ name }) as ClusterNode) } as unknown as Cluster
  const at = (leader: string | null): NemesisContext => ({
    cluster,
    leader: async () => leader,
    status: async () => null,
    launchWith: () => ({ processes: [], files: {} }),
    secretsOf: () => null,
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
