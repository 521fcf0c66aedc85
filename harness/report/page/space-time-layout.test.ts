import { describe, expect, it } from 'vitest'
import type { SpaceTimeWindow } from '../messages.ts'
import { firstView, LEFT, layOut, moved, nearest, timeAt, type View, zoomed } from './space-time-layout.ts'

interface Sent {
  readonly us: number
  readonly took?: number
  readonly from?: number
  readonly to?: number
  readonly kind?: string
  readonly segments?: number
}

const windowOf = (sent: readonly Sent[], change: Partial<SpaceTimeWindow> = {}): SpaceTimeWindow => {
  const texts = ['tcp 1 to 2', 'data', 'open', '']
  return {
    title: 'w',
    fromMs: 1000,
    toMs: 2000,
    focusMs: 1500,
    lanes: ['n1', 'n2', 'n3', 'clients-0'],
    messages: {
      sentUs: sent.map(({ us }) => us),
      tookUs: sent.map(({ took = 10 }) => took),
      from: sent.map(({ from = 0 }) => from),
      to: sent.map(({ to = 1 }) => to),
      bytes: sent.map(() => 7),
      link: sent.map(() => 0),
      kind: sent.map(({ kind = 'data' }) => texts.indexOf(kind)),
      info: sent.map(() => 3),
      segments: sent.map(({ segments = 1 }) => segments),
      texts,
    },
    omitted: 0,
    gaps: [],
    faults: [],
    operations: [],
    elections: [],
    ...change,
  }
}

const ALL = { onlyLost: false, withoutClients: false }
const WHOLE: View = { fromMs: 1000, toMs: 2000, width: 1110 }
/** With this width, a millisecond is a pixel. */
const at = (ms: number): number => LEFT + ms - 1000

describe('an arrow', () => {
  it('leads from its sender and its time to its receiver and the time there', () => {
    const { arrows, lanes } = layOut(windowOf([{ us: 100_000, took: 50_000, from: 2, to: 0 }]), WHOLE, ALL)
    expect(arrows).toMatchObject([
      {
        message: 0,
        from: { x: at(1100), y: lanes[2]?.y },
        to: { x: at(1150), y: lanes[0]?.y },
        style: 'data',
      },
    ])
  })

  it('that only logs tell of is not lost, even if no log tells that it arrived', () => {
    const window = windowOf([{ us: 100_000, took: -1 }, { us: 100_000 }])
    const told = { ...window, messages: { ...window.messages, texts: ['log', 'data', 'open', ''] } }
    const { arrows, lost } = layOut(told, WHOLE, ALL)
    expect([arrows.map(({ style }) => style), lost]).toEqual([['unheard', 'told'], 0])
    expect(layOut(told, WHOLE, { ...ALL, onlyLost: true }).arrows).toEqual([])
  })

  it('of a lost message ends on the way', () => {
    const { arrows, lanes, lost } = layOut(windowOf([{ us: 100_000, took: -1, from: 0, to: 2 }]), WHOLE, ALL)
    const [{ from, to, style }] = arrows as [(typeof arrows)[number]]
    expect([style, lost, to.x]).toEqual(['lost', 1, from.x])
    expect(to.y).toBeGreaterThan(lanes[1]?.y as number)
    expect(to.y).toBeLessThan(lanes[2]?.y as number)
  })

  it('has a style for what TCP repeats, and for what it does without a payload', () => {
    const { arrows } = layOut(
      windowOf([
        { us: 1, segments: -1 },
        { us: 2, kind: 'open' },
      ]),
      WHOLE,
      ALL,
    )
    expect(arrows.map(({ style }) => style)).toEqual(['repeated', 'upkeep'])
  })

  it('is in view if it begins before and ends after', () => {
    const window = windowOf([{ us: 0, took: 900_000 }, { us: 10 }, { us: 990_000 }])
    expect(
      layOut(window, { ...WHOLE, fromMs: 1400, toMs: 1500 }, ALL).arrows.map(({ message }) => message),
    ).toEqual([0])
  })

  it('is left out by choice', () => {
    const window = windowOf([{ us: 1 }, { us: 2, took: -1 }, { us: 3, from: 3 }, { us: 4, to: 3, took: -1 }])
    const shown = (choice: Partial<typeof ALL>) =>
      layOut(window, WHOLE, { ...ALL, ...choice }).arrows.map(({ message }) => message)
    expect(shown({ onlyLost: true })).toEqual([1, 3])
    expect(shown({ withoutClients: true })).toEqual([0, 1])
    expect(shown({ onlyLost: true, withoutClients: true })).toEqual([1])
  })
})

describe('more than two thousand messages', () => {
  const many = Array.from({ length: 3000 }, (_, i) => ({
    us: i * 300,
    from: i % 2,
    to: 2,
    took: i % 3 === 0 ? -1 : 10,
  }))
  const picture = layOut(windowOf(many), WHOLE, ALL)

  it('are drawn together, by pair and slice, and none is forgotten', () => {
    expect(picture.arrows).toEqual([])
    expect(picture.flows.reduce((sum, { count }) => sum + count, 0)).toBe(3000)
    expect(picture.flows.reduce((sum, { lost }) => sum + lost, 0)).toBe(1000)
    expect(picture.flows.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(21_000)
    expect(new Set(picture.flows.map(({ sender, receiver }) => `${sender} ${receiver}`))).toEqual(
      new Set(['n1 n3', 'n2 n3']),
    )
  })

  it('do not cover each other', () => {
    const places = picture.flows.map(({ from }) => from.x)
    expect(new Set(places).size).toBe(places.length)
  })

  it('are told apart where fewer are in view', () =>
    expect(layOut(windowOf(many), { ...WHOLE, toMs: 1100 }, ALL).arrows.length).toBeGreaterThan(300))
})

describe('what else is drawn', () => {
  const FAULT = {
    id: 'partition-1',
    label: 'partition',
    colour: 'red',
    beginsMs: 1200,
    startMs: 1300,
    healingMs: 1400,
    endMs: 1500,
    effective: true,
    victims: ['n2', 'gone'],
  } as const

  it('are faults, with the part in which they are in force, cut off at the ends of the view', () => {
    const window = windowOf([], { faults: [FAULT] })
    const { bands, lanes } = layOut(window, WHOLE, ALL)
    expect(bands).toMatchObject([
      { x: at(1200), width: 300, force: { x: at(1300), width: 100 }, ys: [lanes[1]?.y] },
    ])
    expect(layOut(window, { ...WHOLE, toMs: 1250 }, ALL).bands).toMatchObject([{ force: null }])
    expect(layOut(window, { ...WHOLE, fromMs: 1600 }, ALL).bands).toEqual([])
  })

  it('are operations at their client and at its node; one that never ended is open', () => {
    const operation = {
      index: 4,
      process: 9,
      node: 'n3',
      startMs: 1900,
      endMs: -1,
      type: 'info',
      text: 'read',
    } as const
    const { bars, rows, lanes } = layOut(windowOf([], { operations: [operation] }), WHOLE, ALL)
    expect(rows).toMatchObject([{ name: 'process 9' }])
    expect(bars).toMatchObject([
      { y: rows[0]?.y, isAtClient: true, x: at(1900), width: 100 },
      { y: lanes[2]?.y, isAtClient: false },
    ])
  })

  it('are those who begin to lead, and at the left end who leads', () => {
    const elections = [900, 1100, 1600].map((atMs, i) => ({ atMs, lane: `n${i + 1}`, text: '' }))
    const xs = (view: View) => layOut(windowOf([], { elections }), view, ALL).elections.map(({ x }) => x)
    expect(xs(WHOLE)).toEqual([LEFT, at(1100), at(1600)])
    expect(xs({ ...WHOLE, fromMs: 1200 })).toHaveLength(2)
  })

  it('are times with as many digits as they need', () => {
    const texts = (view: Partial<View>) =>
      layOut(windowOf([]), { ...WHOLE, ...view }, ALL).ticks.map(({ text }) => text)
    expect(texts({})).toEqual(['1.0 s', '1.2 s', '1.4 s', '1.6 s', '1.8 s', '2.0 s'])
    expect(texts({ toMs: 1000.1 })[1]).toBe('1.00002 s')
  })
})

describe('a view', () => {
  const window = windowOf([])

  it('zooms at a time that stays in its place, within the window', () => {
    const view = zoomed(window, WHOLE, 1250, 0.5)
    expect(view).toMatchObject({ fromMs: 1125, toMs: 1625 })
    expect(zoomed(window, view, 1300, 100)).toMatchObject({ fromMs: 1000, toMs: 2000 })
    expect(zoomed(window, view, 1300, 0).toMs).toBeGreaterThan(1300)
    expect(zoomed(window, view, 1300, Number.POSITIVE_INFINITY)).toMatchObject({ fromMs: 1000, toMs: 2000 })
  })

  it('moves within the window', () => {
    const view = { ...WHOLE, fromMs: 1400, toMs: 1600 }
    expect(moved(window, view, 100)).toMatchObject({ fromMs: 1500, toMs: 1700 })
    expect(moved(window, view, 9999)).toMatchObject({ fromMs: 1800, toMs: 2000 })
    expect(moved(window, view, -9999)).toMatchObject({ fromMs: 1000, toMs: 1200 })
  })

  it('shows few messages around the focus at first', () => {
    const many = windowOf(Array.from({ length: 5000 }, (_, i) => ({ us: i * 200 })))
    const view = firstView(many, 1110)
    expect(layOut(many, view, ALL).messages).toBeLessThanOrEqual(250)
    expect(view.fromMs).toBeLessThan(1500)
    expect(view.toMs).toBeGreaterThan(1500)
  })

  it('gives the time at a place', () => expect(timeAt(at(1234), WHOLE)).toBeCloseTo(1234))
})

it('the nearest arrow is found, also in its middle, within some pixels', () => {
  const arrows = [
    { name: 'a', from: { x: 0, y: 0 }, to: { x: 0, y: 100 } },
    { name: 'b', from: { x: 10, y: 100 }, to: { x: 10, y: 0 } },
    { name: 'point', from: { x: 50, y: 50 }, to: { x: 50, y: 50 } },
  ]
  const found = (x: number, y: number) => nearest(arrows, { x, y }, 6)?.name ?? null
  expect([found(2, 50), found(8, 50), found(52, 52)]).toEqual(['a', 'b', 'point'])
  expect([found(0, 110), found(25, 50)]).toEqual([null, null])
})
