/**
 * Where everything of a space-time diagram is (Lamport 1978): time runs to the right, each host has a line, and a message is
 * an arrow from its sender's line to its receiver's. Pure, so that it can be tested without a browser.
 */
import type { SpaceTimeWindow, WindowFault, WindowOperation } from '../messages.ts'

/** The part of a window that is shown, and its width in pixels. */
export interface View {
  readonly fromMs: number
  readonly toMs: number
  readonly width: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Arrow {
  /** Its position in the window's columns. */
  readonly message: number
  readonly from: Point
  /** Of a lost message, where its cross is. */
  readonly to: Point
  readonly style: ArrowStyle
}

/** `upkeep`: it opens or closes a connection. `told`: by logs. `unheard`: no log tells that it arrived, which proves no loss. */
export const ARROW_STYLES = ['data', 'repeated', 'upkeep', 'lost', 'told', 'unheard'] as const
export type ArrowStyle = (typeof ARROW_STYLES)[number]

/** Messages of one pair of hosts in one slice of time, drawn together. */
export interface Flow {
  readonly from: Point
  readonly to: Point
  readonly count: number
  readonly lost: number
  readonly bytes: number
  readonly sender: string
  readonly receiver: string
  readonly fromMs: number
  readonly toMs: number
}

export interface Bar {
  readonly x: number
  readonly y: number
  /** At its client it has its text; at the node that the client is bound to it is thin. */
  readonly isAtClient: boolean
  readonly width: number
  readonly operation: WindowOperation
}

export interface Band {
  readonly x: number
  readonly width: number
  readonly fault: WindowFault
  /** The part in which it is in force; null: it is not in view. Before and after, it is being injected or healed. */
  readonly force: { readonly x: number; readonly width: number } | null
  /** Lines of its victims. */
  readonly ys: readonly number[]
}

export interface Picture {
  readonly height: number
  /** The left end of the time axis: names stand before it. */
  readonly left: number
  readonly lanes: readonly { readonly name: string; readonly y: number }[]
  readonly rows: readonly { readonly name: string; readonly y: number }[]
  readonly ticks: readonly { readonly x: number; readonly text: string }[]
  readonly bands: readonly Band[]
  readonly gaps: readonly { readonly x: number; readonly width: number; readonly why: string }[]
  /** Empty if there are too many messages: then there are flows. */
  readonly arrows: readonly Arrow[]
  readonly flows: readonly Flow[]
  readonly bars: readonly Bar[]
  readonly elections: readonly { readonly x: number; readonly y: number; readonly text: string }[]
  /** Messages in view, without those of clients by choice. */
  readonly messages: number
  readonly lost: number
}

export const LEFT = 96
/** Times of the axis, then the names of faults. */
export const AXIS_HEIGHT = 40
const LANE_HEIGHT = 46
const ROW_HEIGHT = 22
export const BAR_HEIGHT = 14
const RIGHT = 14
/** More arrows than these cannot be told apart. */
export const MOST_ARROWS = 2000
const SLICE_WIDTH = 48
/** How far a lost message gets. */
const LOST_AFTER = 0.62
const FIRST_VIEW_MESSAGES = 250

const STEPS = [1, 2, 5, 10]
const TICK_WIDTH = 110

const xOf = (ms: number, { fromMs, toMs, width }: View): number =>
  LEFT + ((ms - fromMs) / (toMs - fromMs)) * (width - LEFT - RIGHT)

const clampX = (x: number, { width }: View): number => Math.min(width - RIGHT, Math.max(LEFT, x))

/** The time at a place of the picture. */
export const timeAt = (x: number, { fromMs, toMs, width }: View): number =>
  fromMs + ((x - LEFT) / (width - LEFT - RIGHT)) * (toMs - fromMs)

const stepOf = ({ fromMs, toMs, width }: View): number => {
  const raw = (toMs - fromMs) / Math.max(1, Math.floor((width - LEFT) / TICK_WIDTH))
  const base = 10 ** Math.floor(Math.log10(raw))
  return (STEPS.find((step) => step * base >= raw) ?? 10) * base
}

/** Seconds since the start of the run, with as many digits as the step needs. */
const ticksOf = (view: View): Picture['ticks'] => {
  const step = stepOf(view)
  const digits = Math.max(0, Math.ceil(3 - Math.log10(step) - 1e-9))
  const ticks = []
  for (let at = Math.ceil(view.fromMs / step) * step; at <= view.toMs; at += step)
    ticks.push({ x: xOf(at, view), text: `${(at / 1000).toFixed(digits)} s` })
  return ticks
}

const laneY = (lane: number): number => AXIS_HEIGHT + LANE_HEIGHT * (lane + 0.5)

const sentMsOf = ({ fromMs, messages }: SpaceTimeWindow, message: number): number =>
  fromMs + (messages.sentUs[message] as number) / 1e3

const endMsOf = (window: SpaceTimeWindow, message: number): number =>
  sentMsOf(window, message) + Math.max(0, window.messages.tookUs[message] as number) / 1e3

const hasArrived = ({ messages }: SpaceTimeWindow, message: number): boolean =>
  (messages.tookUs[message] as number) >= 0

/** A log tells of it, and no capture. */
export const isTold = ({ messages: { link, texts } }: SpaceTimeWindow, message: number): boolean =>
  texts[link[message] as number] === 'log'

const isLost = (window: SpaceTimeWindow, message: number): boolean =>
  !hasArrived(window, message) && !isTold(window, message)

const inView = (window: SpaceTimeWindow, { fromMs, toMs }: View): readonly number[] =>
  [...window.messages.sentUs.keys()].filter(
    (message) => sentMsOf(window, message) <= toMs && endMsOf(window, message) >= fromMs,
  )

const styleOf = (window: SpaceTimeWindow, message: number): ArrowStyle => {
  const { kind, segments, texts } = window.messages
  if (isTold(window, message)) return hasArrived(window, message) ? 'told' : 'unheard'
  if (isLost(window, message)) return 'lost'
  if (texts[kind[message] as number] !== 'data') return 'upkeep'
  return (segments[message] as number) < 0 ? 'repeated' : 'data'
}

const arrowOf = (window: SpaceTimeWindow, view: View, message: number): Arrow => {
  const { messages } = window
  const from = { x: xOf(sentMsOf(window, message), view), y: laneY(messages.from[message] as number) }
  const y = laneY(messages.to[message] as number)
  const to = hasArrived(window, message)
    ? { x: xOf(endMsOf(window, message), view), y }
    : { x: from.x, y: from.y + (y - from.y) * LOST_AFTER }
  return { message, from, to, style: styleOf(window, message) }
}

interface Tally {
  readonly pair: number
  readonly slice: number
  count: number
  lost: number
  bytes: number
}

/** Each pair of hosts has its own place within a slice, so that flows do not cover each other. */
const flowsOf = (window: SpaceTimeWindow, view: View, shown: readonly number[]): readonly Flow[] => {
  const { messages, lanes } = window
  const slices = Math.max(1, Math.floor((view.width - LEFT - RIGHT) / SLICE_WIDTH))
  const sliceMs = (view.toMs - view.fromMs) / slices
  const pairOf = (message: number): number =>
    (messages.from[message] as number) * lanes.length + (messages.to[message] as number)
  const pairs = [...new Set(shown.map(pairOf))].toSorted((a, b) => a - b)
  const tallies = new Map<number, Tally>()
  for (const message of shown) {
    const pair = pairOf(message)
    const at = Math.floor((sentMsOf(window, message) - view.fromMs) / sliceMs)
    const slice = Math.min(slices - 1, Math.max(0, at))
    const key = pair * slices + slice
    const tally = tallies.get(key) ?? { pair, slice, count: 0, lost: 0, bytes: 0 }
    tally.count += 1
    tally.lost += isLost(window, message) ? 1 : 0
    tally.bytes += messages.bytes[message] as number
    tallies.set(key, tally)
  }
  return [...tallies.values()].map(({ pair, slice, ...sums }) => {
    const [from, to] = [Math.floor(pair / lanes.length), pair % lanes.length]
    const fromMs = view.fromMs + slice * sliceMs
    const x = xOf(fromMs + ((pairs.indexOf(pair) + 0.5) / pairs.length) * sliceMs, view)
    return {
      from: { x, y: laneY(from) },
      to: { x, y: laneY(to) },
      ...sums,
      sender: lanes[from] as string,
      receiver: lanes[to] as string,
      fromMs,
      toMs: fromMs + sliceMs,
    }
  })
}

/** From one time to another, as far as it is in view; null: it is not. */
const spanOf = (
  fromMs: number,
  toMs: number,
  view: View,
): { readonly x: number; readonly width: number } | null => {
  if (toMs < view.fromMs || fromMs > view.toMs) return null
  const x = clampX(xOf(fromMs, view), view)
  return { x, width: Math.max(1, clampX(xOf(toMs, view), view) - x) }
}

const bandsOf = ({ faults, lanes }: SpaceTimeWindow, view: View): readonly Band[] =>
  faults.flatMap((fault) => {
    const span = spanOf(fault.beginsMs, fault.endMs, view)
    const force = spanOf(fault.startMs, fault.healingMs, view)
    const ys = fault.victims.map((name) => lanes.indexOf(name)).filter((lane) => lane !== -1)
    return span === null ? [] : [{ ...span, fault, force, ys: ys.map(laneY) }]
  })

/** One row for each process with an operation, below the lanes. */
const rowsOf = ({ operations, lanes }: SpaceTimeWindow): ReadonlyMap<number, number> => {
  const top = AXIS_HEIGHT + LANE_HEIGHT * lanes.length
  const processes = [...new Set(operations.map(({ process }) => process))].toSorted((a, b) => a - b)
  return new Map(processes.map((process, i) => [process, top + ROW_HEIGHT * (i + 0.5)]))
}

/** Each operation at its client and, while it is open, at the node that its client is bound to. */
const barsOf = (
  { operations, lanes }: SpaceTimeWindow,
  rows: ReadonlyMap<number, number>,
  view: View,
): readonly Bar[] =>
  operations.flatMap((operation) => {
    const span = spanOf(operation.startMs, operation.endMs < 0 ? view.toMs : operation.endMs, view)
    if (span === null) return []
    const lane = operation.node === null ? -1 : lanes.indexOf(operation.node)
    const atClient = { ...span, y: rows.get(operation.process) as number, isAtClient: true, operation }
    return lane === -1 ? [atClient] : [atClient, { ...atClient, y: laneY(lane), isAtClient: false }]
  })

/** Who leads: what comes before the view but for the last one is left out, and that one is at the left end. */
const electionsOf = ({ elections, lanes }: SpaceTimeWindow, view: View): Picture['elections'] => {
  const seen = elections.filter(({ atMs }) => atMs <= view.toMs)
  const first = Math.max(
    0,
    seen.findLastIndex(({ atMs }) => atMs < view.fromMs),
  )
  return seen.slice(first).flatMap(({ atMs, lane, text }) => {
    const at = lanes.indexOf(lane)
    return at === -1 ? [] : [{ x: clampX(xOf(atMs, view), view), y: laneY(at), text }]
  })
}

/** What is shown of the messages. */
export interface Choice {
  readonly onlyLost: boolean
  /** Without those from and to clients. */
  readonly withoutClients: boolean
}

const isOfClients = ({ messages, lanes }: SpaceTimeWindow, message: number): boolean =>
  [messages.from, messages.to].some((ends) => lanes[ends[message] as number]?.startsWith('clients-') === true)

export const layOut = (window: SpaceTimeWindow, view: View, choice: Choice): Picture => {
  const all = inView(window, view).filter(
    (message) => !choice.withoutClients || !isOfClients(window, message),
  )
  const lost = all.filter((message) => isLost(window, message))
  const shown = choice.onlyLost ? lost : all
  const isCrowded = shown.length > MOST_ARROWS
  const rows = rowsOf(window)
  return {
    height: AXIS_HEIGHT + LANE_HEIGHT * window.lanes.length + ROW_HEIGHT * rows.size + 6,
    left: LEFT,
    lanes: window.lanes.map((name, i) => ({ name, y: laneY(i) })),
    rows: [...rows].map(([process, y]) => ({ name: `process ${process}`, y })),
    ticks: ticksOf(view),
    bands: bandsOf(window, view),
    gaps: window.gaps.flatMap(({ fromMs, toMs, why }) => {
      const span = spanOf(fromMs, toMs, view)
      return span === null ? [] : [{ ...span, why }]
    }),
    arrows: isCrowded ? [] : shown.map((message) => arrowOf(window, view, message)),
    flows: isCrowded ? flowsOf(window, view, shown) : [],
    bars: barsOf(window, rows, view),
    elections: electionsOf(window, view),
    messages: all.length,
    lost: lost.length,
  }
}

const SHORTEST_MS = 0.02

/** A view of that length, as far as the window has one, in which a time stays at its place. */
export const zoomed = (window: SpaceTimeWindow, view: View, atMs: number, factor: number): View => {
  const whole = window.toMs - window.fromMs
  const span = Math.min(whole, Math.max(Math.min(whole, SHORTEST_MS), (view.toMs - view.fromMs) * factor))
  const share = (atMs - view.fromMs) / (view.toMs - view.fromMs)
  const fromMs = Math.max(window.fromMs, Math.min(window.toMs - span, atMs - share * span))
  return { ...view, fromMs, toMs: fromMs + span }
}

/** The view some way to the right, as far as the window goes. */
export const moved = (window: SpaceTimeWindow, view: View, byMs: number): View => {
  const span = view.toMs - view.fromMs
  const fromMs = Math.max(window.fromMs, Math.min(window.toMs - span, view.fromMs + byMs))
  return { ...view, fromMs, toMs: fromMs + span }
}

/** What is shown first: so much around the focus that each arrow can be told from the others. */
export const firstView = (window: SpaceTimeWindow, width: number): View => {
  let view: View = { fromMs: window.fromMs, toMs: window.toMs, width }
  for (let i = 0; i < 30 && inView(window, view).length > FIRST_VIEW_MESSAGES; i++) {
    const nearer = zoomed(window, view, window.focusMs, 0.7)
    view = moved(window, nearer, window.focusMs - (nearer.fromMs + nearer.toMs) / 2)
  }
  return view
}

const distance = ({ x, y }: Point, { from, to }: Pick<Arrow, 'from' | 'to'>): number => {
  const [dx, dy] = [to.x - from.x, to.y - from.y]
  const length = dx * dx + dy * dy
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / length))
  return Math.hypot(x - from.x - share * dx, y - from.y - share * dy)
}

/** What is drawn nearest to a point, within some pixels; null: nothing is. */
export const nearest = <T extends Pick<Arrow, 'from' | 'to'>>(
  drawn: readonly T[],
  point: Point,
  within: number,
): T | null => {
  let best: T | null = null
  let least = within
  for (const each of drawn) {
    const far = distance(point, each)
    if (far > least) continue
    least = far
    best = each
  }
  return best
}
