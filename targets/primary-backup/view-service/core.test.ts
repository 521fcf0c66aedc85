import { expect, it } from 'vitest'
import { type Bug, deviationsOf } from '../bugs/bugs.ts'
import type { Ping, View } from '../core/types.ts'
import { newService, ViewServiceCore } from './core.ts'

const FAILOVER_TICKS = 10
const NODES = ['n1', 'n2', 'n3']

/** A service with a clock that the test sets, and nodes that call it. */
class Desk {
  now = 0
  core: ViewServiceCore
  readonly #bug: Bug | null

  constructor(bug: Bug | null = null) {
    this.#bug = bug
    this.core = this.#start()
  }

  restart(): void {
    this.core = this.#start()
  }

  #start(): ViewServiceCore {
    const config = {
      failoverTicks: FAILOVER_TICKS,
      now: () => this.now,
      deviations: deviationsOf(this.#bug).service,
    }
    return new ViewServiceCore(config, this.core === undefined ? newService : this.core.state)
  }

  call(from: string, ping: Partial<Ping> = {}): View {
    return this.core.onPing(from, {
      type: 'ping',
      view: 0,
      acknowledges: false,
      last: { index: 0, view: 0 },
      inSync: [],
      nodes: NODES,
      sentAt: 0,
      ...ping,
    })
  }

  /** n1 is the primary of view 1, and has acknowledged it. */
  static settled(bug: Bug | null = null): Desk {
    const desk = new Desk(bug)
    desk.call('n1')
    desk.call('n1', { view: 1, acknowledges: true, inSync: ['n2', 'n3'] })
    return desk
  }

  /** The others call, and n1 does not. */
  without(primary: string, positions: Readonly<Record<string, number>> = {}): View | undefined {
    const others = NODES.filter((id) => id !== primary)
    const call = (id: string): View => this.call(id, { last: { index: positions[id] ?? 0, view: 1 } })
    this.now += FAILOVER_TICKS - 1
    for (const id of others) call(id)
    this.now++
    return others.map(call).at(-1)
  }
}

it('the first view has all nodes', () =>
  expect(new Desk().call('n2')).toEqual({ number: 1, primary: 'n1', members: NODES }))

it('a silent primary is replaced by the member with the most, and by nobody before its lease is over for sure', () => {
  const desk = Desk.settled()
  const early = Desk.settled()
  early.now += FAILOVER_TICKS - 1
  expect(early.call('n2').number).toBe(1)
  expect(desk.without('n1', { n3: 5 })).toMatchObject({ number: 2, primary: 'n3' })
})

it('a service that has started again does not know whom it has answered: it waits', () => {
  const desk = Desk.settled()
  desk.now += FAILOVER_TICKS - 1
  desk.restart()
  desk.now += FAILOVER_TICKS - 1
  expect(desk.call('n2')).toMatchObject({ number: 1, primary: 'n1' })
  desk.now++
  expect(desk.call('n2')).toMatchObject({ number: 2, primary: 'n2' })
})

const unacknowledged = (bug: Bug | null): number | undefined => {
  const desk = new Desk(bug)
  desk.call('n1')
  return desk.without('n1')?.number
}

it('a primary that has not acknowledged its view is not replaced', () => {
  expect(unacknowledged(null)).toBe(1)
  expect(unacknowledged('unacknowledged-replaced')).toBe(2)
})

/** n3 was left out, and calls again; n2 is silent with the primary. */
const outsider = (bug: Bug | null): View => {
  const desk = Desk.settled(bug)
  desk.call('n1', { view: 1, acknowledges: true, inSync: ['n2'] })
  desk.call('n1', { view: 2, acknowledges: true, inSync: ['n2'] })
  desk.now += FAILOVER_TICKS
  return desk.call('n3')
}

it('a node that was left out is not promoted', () => {
  expect(outsider(null)).toEqual({ number: 2, primary: 'n1', members: ['n1', 'n2'] })
  expect(outsider('outsider-promoted')).toMatchObject({ number: 3, primary: 'n3' })
})

it('members go and come by the word of the primary; they come only to a view that it has acknowledged', () => {
  const desk = Desk.settled()
  const call = (view: number, acknowledges: boolean, inSync: readonly string[]): View =>
    desk.call('n1', { view, acknowledges, inSync })
  expect(call(1, true, ['n2'])).toMatchObject({ number: 2, members: ['n1', 'n2'] })
  expect(call(2, false, ['n2', 'n3'])).toMatchObject({ number: 2 })
  expect(call(2, true, ['n2', 'n3'])).toMatchObject({ number: 3, members: ['n1', 'n2', 'n3'] })
  expect(call(3, false, [])).toMatchObject({ number: 4, members: ['n1'] })
})
