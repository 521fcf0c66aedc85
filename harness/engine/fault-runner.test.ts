import { describe, expect, it } from 'vitest'
import type { Cluster } from '../api/environment.ts'
import type { Nemesis, NemesisContext } from '../api/nemesis.ts'
import type { FaultEvent } from '../api/record.ts'
import { NS_PER_MS } from '../support/time.ts'
import { plannedFault } from '../testing/faults.ts'
import { FaultRunner } from './fault-runner.ts'

const TRIGGER = { moment: 'acknowledged', times: 1, withinNs: 1e9 } as const

/** A runner whose clock stands still, with all that it recorded. The first `failures` heals fail. */
const runnerWith = (
  wait: () => Promise<boolean> = async () => true,
  isBack = true,
  succession = wait,
  failures = 0,
  staysWhenStopped = false,
) => {
  const stop = new AbortController()
  let heals = 0
  const moments = { wait, leader: async () => 'n1', succession }
  const events: FaultEvent[] = []
  const effect = { effective: true, summary: 'done', measurements: {} }
  const kill = {
    inject: async () => ({
      id: 'kill-1',
      victims: ['n1'],
      measure: async () => effect,
      heal: async () => {
        heals++
        if (heals <= failures) throw new Error(`failure ${heals}`)
        return effect
      },
    }),
  }
  const runner = new FaultRunner({
    nemeses: { kill: kill as unknown as Nemesis },
    context: { cluster: { nodes: [] as Cluster['nodes'] } } as NemesisContext,
    clock: () => 0,
    moments,
    service: { isBack: async () => isBack },
    record: (event) => events.push(event),
    signal: new AbortController().signal,
    stop: stop.signal,
    staysWhenStopped,
  })
  return { runner, stop, types: () => events.map(({ type }) => type), events }
}

describe('a fault', () => {
  it('waits for its moment', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const { runner, types } = runnerWith(() => promise)
    const injecting = runner.invoke({ f: 'inject', value: plannedFault({ trigger: TRIGGER }) })
    await Promise.resolve()
    expect(types()).toEqual([])
    resolve(true)
    await injecting
    expect(types()).toEqual(['injecting', 'injected', 'measured'])
  })

  it.each([
    ['for its moment', { trigger: TRIGGER }],
    ['until the cluster served', { latestNs: 1e9 }],
  ])('that waited %s lasts as long as planned', async (_, waiting) => {
    const { runner, types } = runnerWith()
    const fault = plannedFault({ ...waiting, durationNs: 30 * NS_PER_MS })
    await runner.invoke({ f: 'inject', value: fault })
    const beganMs = performance.now()
    await runner.invoke({ f: 'heal', value: { id: fault.id } })
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(29)
    expect(types().at(-1)).toBe('healed')
  })

  it('that outlasts a leader is healed when another leads', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const { runner, types } = runnerWith(
      async () => true,
      true,
      () => promise,
    )
    const fault = plannedFault({ outlasts: { withinNs: 1e9, thenNs: 0 } })
    await runner.invoke({ f: 'inject', value: fault })
    const healing = runner.invoke({ f: 'heal', value: { id: fault.id } })
    await Promise.resolve()
    expect(types()).toEqual(['injecting', 'injected', 'measured'])
    resolve(true)
    await healing
    expect(types().at(-1)).toBe('healed')
  })

  it('that outlasts a leader does not wait for ever for a cluster that elects no other', async () => {
    let waits = 0
    const { runner } = runnerWith(
      async () => true,
      true,
      async () => {
        waits++
        return false
      },
    )
    for (let at = 0; at < 5; at++) {
      const fault = plannedFault({ id: `kill-${at}`, outlasts: { withinNs: 1e9, thenNs: 1e15 } })
      await runner.invoke({ f: 'inject', value: fault })
      await runner.invoke({ f: 'heal', value: { id: fault.id } })
    }
    expect(waits).toBe(3)
  })

  it('is healed at once at the end of the run', async () => {
    const { runner, types } = runnerWith()
    await runner.invoke({ f: 'inject', value: plannedFault({ trigger: TRIGGER, durationNs: 1e15 }) })
    await runner.healAll()
    expect(types().at(-1)).toBe('healed')
  })

  it.each([
    [false, 'healed', []],
    [true, 'measured', ['kill-1']],
  ])(
    'when the run is stopped ends at once, unless it is to be looked at (%s)',
    async (stays, last, active) => {
      const { runner, stop, types } = runnerWith(undefined, true, undefined, 0, stays)
      await runner.invoke({ f: 'inject', value: plannedFault({ trigger: TRIGGER, durationNs: 1e15 }) })
      const healing = runner.invoke({ f: 'heal', value: { id: 'kill-1' } })
      stop.abort()
      await healing
      expect(types().at(-1)).toBe(last)
      expect(runner.active).toEqual(active)
      await runner.healAll()
      expect(types().at(-1)).toBe('healed')
    },
  )

  it('does not begin any more when the run was stopped', async () => {
    const { runner, stop, types } = runnerWith()
    stop.abort()
    await runner.invoke({ f: 'inject', value: plannedFault() })
    expect(types()).toEqual(['left-out'])
  })

  it('whose heal fails is healed by a later try, of which there are some', async () => {
    const heal = async (failures: number) => {
      const { runner, events } = runnerWith(undefined, true, undefined, failures)
      await runner.invoke({ f: 'inject', value: plannedFault() })
      await runner.invoke({ f: 'heal', value: { id: 'kill-1' } })
      return { last: events.at(-1), active: runner.active }
    }
    expect(await heal(2)).toMatchObject({ last: { type: 'healed' }, active: [] })
    expect(await heal(1e6)).toMatchObject({
      last: { type: 'failed', error: 'failure 1' },
      active: ['kill-1'],
    })
  })

  it('is left out if the cluster does not serve by the end of its phase, and says so', async () => {
    const { runner, events } = runnerWith(async () => true, false)
    await runner.invoke({ f: 'inject', value: plannedFault({ latestNs: 2e9 }) })
    expect(events).toEqual([{ type: 'left-out', id: 'kill-1', atNs: 0 }])
    expect(runner.active).toEqual([])
  })
})
