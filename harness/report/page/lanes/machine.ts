/** The lane of the machine that ran it all: how late it was. */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import type { PageLateness } from '../../machine.ts'
import { shortTime } from '../times.ts'
import { hitAmong, nextAmong } from './points.ts'

const HEIGHT = 22

class MachineLane implements Lane {
  readonly id = 'machine'
  readonly label = 'machine was late'
  readonly group = 'machine'
  readonly height = HEIGHT
  readonly #periods: readonly PageLateness[]
  readonly #hits: readonly Hit[]

  constructor(periods: readonly PageLateness[]) {
    this.#periods = periods
    this.#hits = periods.map(({ startMs, endMs, share }) => ({
      address: `at=${startMs}`,
      text: `the machine was late for ${Math.round(100 * share)} % of the time from ${shortTime(startMs)} to ${shortTime(endMs)}:\nwhat took long then may be its fault`,
      from: startMs,
      to: endMs,
    }))
  }

  paint({ context, view, colour }: Painting, y: number): void {
    context.fillStyle = colour('dim')
    for (const { startMs, endMs, share } of this.#periods) {
      const x = Math.max(-2, view.x(startMs))
      const width = Math.max(1, Math.min(view.width + 2, view.x(endMs)) - x)
      if (x > view.width || view.x(endMs) < 0) continue
      const height = Math.max(1, share * (HEIGHT - 4))
      context.fillRect(x, y + HEIGHT - 2 - height, width, height)
    }
  }

  at(time: number, slack: number): Hit | null {
    return hitAmong(this.#hits, time, slack)
  }

  next(time: number, direction: 1 | -1): Hit | null {
    return nextAmong(this.#hits, time, direction)
  }
}

/** None if the machine was never late. */
export const machineLanes = (periods: readonly PageLateness[]): readonly Lane[] =>
  periods.length === 0 ? [] : [new MachineLane(periods)]
