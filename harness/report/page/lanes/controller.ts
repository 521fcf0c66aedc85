/** The lanes of the harness's own controller: its memory, and how late its event loop was. */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import type { PageLoad } from '../../controller.ts'
import { shortTime } from '../times.ts'

/** What is drawn as bars: the higher value pale, the lower one, which is a part of it, dark. */
interface Series {
  readonly id: string
  readonly label: string
  readonly high: (load: PageLoad) => number
  readonly low: (load: PageLoad) => number
  readonly scale: (most: number) => string
  readonly tip: (load: PageLoad) => string
}

const SERIES: readonly Series[] = [
  {
    id: 'harness-memory',
    label: 'memory',
    high: ({ residentMb }) => residentMb,
    low: ({ heapMb }) => heapMb,
    scale: (most) => `at most ${most} MB`,
    tip: ({ residentMb, heapMb }) => `the controller had ${residentMb} MB, of them ${heapMb} MB of objects`,
  },
  {
    id: 'harness-delay',
    label: 'event-loop delay',
    high: ({ delayMaxMs }) => delayMaxMs,
    low: ({ delayP99Ms }) => delayP99Ms,
    scale: (most) => `at most ${most} ms; dark: 99 % below`,
    tip: ({ delayP99Ms, delayMaxMs }) =>
      `the controller's event loop was late by at most ${delayMaxMs} ms, 99 % of the time by at most ${delayP99Ms} ms`,
  },
]

class ControllerLane implements Lane {
  readonly id: string
  readonly label: string
  readonly group = 'harness'
  readonly height = 44
  readonly #loads: readonly PageLoad[]
  readonly #series: Series
  readonly #most: number

  constructor(loads: readonly PageLoad[], series: Series) {
    this.id = series.id
    this.label = series.label
    this.#loads = loads
    this.#series = series
    this.#most = loads.reduce((most, load) => Math.max(most, series.high(load)), 0)
  }

  paint({ context, view, colour }: Painting, y: number): void {
    const room = this.height - 16
    const bottom = y + this.height - 2
    for (const [place, load] of this.#loads.entries()) {
      const from = view.x(this.#loads[place - 1]?.endMs ?? 0)
      const to = view.x(load.endMs)
      if (from > view.width || to < 0) continue
      for (const [value, name] of [
        [this.#series.high(load), 'dim'],
        [this.#series.low(load), 'leader'],
      ] as const) {
        const height = (value / Math.max(this.#most, 1)) * room
        context.fillStyle = colour(name)
        context.fillRect(Math.max(from, -2), bottom - height, Math.max(1, to - Math.max(from, -2)), height)
      }
    }
    context.fillStyle = colour('dim')
    context.fillText(this.#series.scale(this.#most), 4, y + 7)
  }

  at(time: number): Hit | null {
    const load = this.#loads.find(({ endMs }) => endMs >= time)
    if (load === undefined) return null
    const text = `${this.#series.tip(load)}, until ${shortTime(load.endMs)}`
    return { address: `at=${time}`, text, from: time, to: time }
  }

  next(): Hit | null {
    return null
  }
}

/** None if the run was recorded without them. */
export const controllerLanes = (loads: readonly PageLoad[]): readonly Lane[] =>
  loads.length === 0 ? [] : SERIES.map((series) => new ControllerLane(loads, series))
