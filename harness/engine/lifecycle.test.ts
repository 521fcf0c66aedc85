import { describe, expect, it } from 'vitest'
import { register } from '../../workloads/register.ts'
import type { Operation } from '../api/history.ts'
import type { Nemesis } from '../api/nemesis.ts'
import type { FaultEvent, RunFacts, RunSpec } from '../api/record.ts'
import type { Target } from '../api/target.ts'
import { fakeEnvironment } from '../environments/fake/environment.ts'
import { fakeTarget } from '../environments/fake/register-target.ts'
import { foldFaults } from '../store/run-store.ts'
import { sleep } from '../support/wait.ts'
import { rememberingLog } from '../testing/logs.ts'
import { runLifecycle } from './lifecycle.ts'
import type { RunParts } from './run-parts.ts'

const options = Object.fromEntries(
  Object.entries(register.options).map(([name, spec]) => [name, spec.default]),
)

const spec: RunSpec = {
  schema: 1,
  runId: 'test',
  target: 'fake',
  targetOptions: {},
  bug: null,
  workload: 'register',
  workloadOptions: options,
  nemeses: [{ name: 'poke', options: {} }],
  environment: 'fake',
  nodes: 3,
  concurrency: 6,
  rate: 500,
  timeLimitMs: 600,
  operationTimeoutMs: 100,
  readyTimeoutMs: 1000,
  recoveryTimeoutMs: 300,
  seed: 5,
  clientGroups: 2,
  expect: null,
}

/** A fault on n2 from 0.1 s on, for `durationMs`. The heal may lie beyond the end of the run. */
const poke = (durationMs: number, log: string[], onInject = (): void => {}): Nemesis => ({
  name: 'poke',
  description: 'a fault that only logs the calls made to it',
  label: 'poke',
  colour: 'red',
  needs: ['kill'],
  options: {},
  plan: () => [
    {
      id: 'poke-1',
      nemesis: 'poke',
      kind: 'poke',
      label: 'poke',
      colour: 'red',
      atNs: 1e8,
      durationNs: durationMs * 1e6,
      model: 'kill',
      intent: { victims: 'n2' },
    },
  ],
  recall: (fault) => ({ model: 'kill', ...fault, kind: 'poke', label: 'poke', colour: 'red' }),
  inject: async (_context, fault) => {
    log.push('inject')
    onInject()
    return {
      id: fault.id,
      victims: ['n2'],
      measure: async () => ({ effective: true, summary: 'poked', measurements: {} }),
      heal: async () => {
        log.push('heal')
        return { effective: true, summary: 'unpoked', measurements: {} }
      },
    }
  },
})

const play = async (target: Target, nemesis: Nemesis, change: Partial<RunParts> = {}) => {
  const history: Operation[] = []
  const faults: FaultEvent[] = []
  const log = rememberingLog()
  const environment = fakeEnvironment()
  const facts = await runLifecycle({
    spec,
    target,
    workload: register,
    nemeses: { poke: nemesis },
    environment,
    program: (name) => name,
    programFolders: [],
    stateDir: '/nowhere',
    logDir: '/nowhere',
    journal: { record: () => {} },
    recorder: {
      started: () => {},
      operation: (operation) => history.push(operation),
      fault: (event) => faults.push(event),
      sample: () => {},
      machine: () => {},
      service: () => {},
    },
    log,
    progress: { phase: () => {}, note: () => {}, operation: () => {}, activeFaults: () => {} },
    capture: null,
    hold: null,
    stop: new AbortController().signal,
    signal: new AbortController().signal,
    ...change,
  })
  return { history, faults: foldFaults(faults), facts, environment, log }
}

describe('the life cycle of a run', () => {
  it('starts the nodes, drives clients and faults, heals, recovers, reads back, tears down', async () => {
    const log: string[] = []
    const { history, faults, facts, environment } = await play(fakeTarget(), poke(200, log))
    expect(log).toEqual(['inject', 'heal'])
    expect(faults).toMatchObject([{ victims: ['n2'], effective: true }])
    expect(faults[0]?.healedAtNs).toBeGreaterThan(2e8)
    expect(facts.recovery).toMatchObject({ notReady: [], deadlineMs: 300 })
    expect(facts.aborted).toBeNull()
    expect(environment.nodes.map(({ calls }) => calls[0])).toEqual(['start', 'start', 'start'])
    expect(environment.disposed).toBe(true)
    const clients = history.filter(({ process, type }) => process !== 'nemesis' && type === 'ok')
    expect(new Set(clients.map(({ process }) => process)).size).toBeGreaterThanOrEqual(spec.concurrency)
    expect(new Set(clients.map(({ node }) => node))).toEqual(new Set(['n1', 'n2', 'n3']))
  })

  it('keeps the cluster while it is held, when all is recorded, and takes it down then', async () => {
    const held = Promise.withResolvers<RunFacts>()
    const released = Promise.withResolvers<void>()
    const playing = play(fakeTarget(), poke(200, []), {
      hold: async ({ nodes }, facts) => {
        expect(nodes).toHaveLength(3)
        held.resolve(facts)
        await released.promise
      },
    })
    const told = await held.promise
    const first = await Promise.race([playing.then(() => 'ended'), sleep(50).then(() => 'held')])
    expect(first).toBe('held')
    released.resolve()
    const { facts, environment } = await playing
    expect(facts).toBe(told)
    expect(environment.disposed).toBe(true)
  })

  it('is logged: phases, faults, clients, nodes, recovery', async () => {
    const { log } = await play(fakeTarget(), poke(200, []))
    const events = log.lines.map(({ event, fields }) =>
      event === 'phase' ? `phase: ${fields.phase}` : event,
    )
    const main = ['fault planned', 'phase: running', 'fault injected', 'fault measured', 'fault healed']
    const wanted = [
      'phase: provisioning (fake)',
      'cluster provisioned',
      'phase: starting 3 nodes',
      'ready',
      ...main,
      'phase: healing all faults, waiting for recovery',
      'recovered',
      'phase: taking the cluster down',
    ]
    expect(events.filter((event) => wanted.includes(event))).toEqual(wanted)
    const opened = log.lines.filter(({ event }) => event === 'clients').map(({ fields }) => fields.opened)
    expect(opened.reduce<number>((sum, each) => sum + Number(each), 0)).toBe(spec.concurrency + 1)
    expect(events.filter((event) => event === 'node answers')).toHaveLength(3)
    expect(log.lines.length).toBeLessThan(40)
  })

  it('heals what is still in force at the end', async () => {
    const log: string[] = []
    const { faults } = await play(fakeTarget(), poke(60_000, log))
    expect(log).toEqual(['inject', 'heal'])
    expect(faults[0]?.healedAtNs).toBeDefined()
  })

  it('without recovery: names the nodes that are not ready, and reads nothing back', async () => {
    let asked = 0
    const target: Target = { ...fakeTarget(), ready: async ({ node }) => node !== 'n3' || asked++ < 1 }
    const { facts } = await play(target, poke(100, []))
    expect(facts.recovery).toEqual({
      recoveredAfterMs: null,
      deadlineMs: 300,
      notReady: ['n3'],
      servicesNotReady: [],
    })
  })

  it('a fault that cannot be injected is recorded as failed, and the run continues', async () => {
    const broken: Nemesis = { ...poke(100, []), inject: () => Promise.reject(new Error('no iptables')) }
    const { faults, history } = await play(fakeTarget(), broken)
    expect(faults).toMatchObject([{ effective: false, error: 'no iptables', effects: [] }])
    expect(history.filter(({ type }) => type === 'ok').length).toBeGreaterThan(20)
  })

  it('when interrupted: heals, tears down, and says why', async () => {
    const log: string[] = []
    const controller = new AbortController()
    const nemesis = poke(60_000, log, () =>
      setTimeout(() => controller.abort(new Error('the terminal is gone')), 20),
    )
    const { facts, environment } = await play(fakeTarget(), nemesis, { signal: controller.signal })
    expect(facts.aborted).toBe('the terminal is gone')
    expect(log).toEqual(['inject', 'heal'])
    expect(environment.disposed).toBe(true)
  })

  it('when stopped: asks nothing more, waits for no recovery, and heals at once', async () => {
    const log: string[] = []
    const stop = new AbortController()
    const nemesis = poke(60_000, log, () => setTimeout(() => stop.abort(new Error('enough was seen')), 20))
    const { facts, history, environment } = await play(fakeTarget(), nemesis, {
      stop: stop.signal,
      spec: { ...spec, timeLimitMs: 60_000 },
    })
    expect(facts).toMatchObject({ aborted: 'enough was seen', recovery: null })
    expect(history.at(-1)?.timeNs).toBeLessThan(30e9)
    expect(log).toEqual(['inject', 'heal'])
    expect(environment.disposed).toBe(true)
  })

  it('when stopped, holds the cluster with the faults in force', async () => {
    const log: string[] = []
    const stop = new AbortController()
    await play(
      fakeTarget(),
      poke(60_000, log, () => setTimeout(() => stop.abort(new Error('enough was seen')), 20)),
      { stop: stop.signal, hold: async () => void log.push('hold') },
    )
    expect(log).toEqual(['inject', 'hold', 'heal'])
  })

  it('operations of clients that cannot connect fail, with back-off, and are never in doubt', async () => {
    const target: Target = {
      ...fakeTarget(),
      clients: { register: { open: () => Promise.reject(new Error('refused')) } },
    }
    const { history } = await play(target, poke(100, []))
    const completions = history.filter(({ process, type }) => process !== 'nemesis' && type !== 'invoke')
    expect(completions.length).toBeGreaterThan(5)
    expect(
      completions.every(({ type, error }) => type === 'fail' && error === 'not connected: refused'),
    ).toBe(true)
  })

  it('a target that does not speak the vocabulary is refused by name', async () => {
    const mute: Target = { ...fakeTarget(), clients: {} }
    await expect(play(mute, poke(100, []))).rejects.toThrow('does not speak the register vocabulary')
  })
})
