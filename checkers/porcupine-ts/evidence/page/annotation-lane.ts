/**
 * A line of events besides the operations, such as faults. The page contains this class as text, so it may use only the
 * browser and its arguments.
 */
import type { Hit, Lane, Painting } from '../../timeline/lane.ts'
import type { Chart } from './chart.ts'

export class AnnotationLane implements Lane {
  readonly id: string
  readonly label: string
  readonly group = 'events'
  readonly height = 22
  readonly #hits: readonly Hit[]

  constructor(chart: Chart, row: string) {
    this.id = `row ${row}`
    this.label = row
    this.#hits = chart.data.annotations
      .filter((annotation) => annotation.row === row)
      .map(({ from, to, text }) => ({
        address: '',
        text,
        from: chart.ticksOf(from),
        to: chart.ticksOf(to ?? from),
      }))
  }

  paint({ context, view, visible, colour }: Painting, y: number): void {
    for (const { from, to, text } of this.#hits) {
      const x = view.x(from)
      const width = Math.max(2, view.x(to) - x)
      if (x + width < 0 || x > view.width) continue
      context.fillStyle = colour('shade')
      context.fillRect(x, visible.top, width, visible.height)
      context.fillStyle = colour('annotation')
      context.fillRect(x, y + 2, width, this.height - 5)
      context.fillStyle = colour('fg')
      context.fillText(text, Math.max(x, 0) + 4, y + this.height / 2)
    }
  }

  at(time: number, slack: number): Hit | null {
    return this.#hits.findLast(({ from, to }) => from - slack <= time && time <= to + slack) ?? null
  }

  next(time: number, direction: 1 | -1): Hit | null {
    const found =
      direction === 1
        ? this.#hits.find(({ from }) => from > time)
        : this.#hits.findLast(({ from }) => from < time)
    return found ?? null
  }
}
