/**
 * A line of clients: their operations, the failing window and the operation that cannot be placed. The page contains this
 * class as text, so it may use only the browser and its arguments.
 */
import type { Hit, Lane, Painting } from '../../timeline/lane.ts'
import type { Spans } from '../../timeline/spans.ts'
import type { Chart } from './chart.ts'

/** What the reader points at. */
export interface Look {
  hovered: number | null
}

export class OperationLane implements Lane {
  readonly id: string
  readonly label: string
  readonly group = 'clients'
  readonly height = 22
  readonly #chart: Chart
  /** In order of their calls. */
  readonly #operations: readonly number[]
  readonly #spans: Spans
  readonly #window: ReadonlySet<number>
  readonly #look: Look

  constructor(chart: Chart, lane: number, spans: Spans, look: Look) {
    this.id = `lane ${lane}`
    this.#chart = chart
    this.#operations = chart.lanes[lane] as readonly number[]
    this.#spans = spans
    this.#window = new Set(chart.data.window)
    this.#look = look
    const clients = new Set(this.#operations.map((operation) => chart.data.clients[operation]))
    this.label = clients.size === 1 ? `client ${[...clients][0]}` : `${clients.size} clients`
  }

  paint(painting: Painting, y: number): void {
    const { context, view, colour } = painting
    this.#spans.paint(view, {
      single: (i, x, width) => this.#paintBar(painting, this.#operations[i] as number, x, y, width),
      dense: (x, width) => {
        context.fillStyle = colour('bar')
        context.fillRect(x, y + 2, width, this.height - 5)
      },
    })
    this.#paintFailure(painting, y)
  }

  #nameOf(operation: number): string {
    if (operation === this.#look.hovered) return 'hovered'
    if (operation === this.#chart.data.blocked) return 'blocked'
    if (this.#window.has(operation)) return 'window'
    return this.#chart.isOpen(operation) ? 'open' : 'bar'
  }

  #paintBar({ context, colour }: Painting, operation: number, x: number, y: number, width: number): void {
    context.fillStyle = colour(this.#nameOf(operation))
    context.fillRect(x, y + 2, width, this.height - 5)
    if (width < 30) return
    context.save()
    context.beginPath()
    context.rect(x, y, width - 2, this.height)
    context.clip()
    context.fillStyle = colour('on-bar')
    context.fillText(this.#chart.label(operation), Math.max(x, 0) + 4, y + this.height / 2)
    context.restore()
  }

  /** The operation that cannot be placed is seen from any distance. */
  #paintFailure({ context, view, colour }: Painting, y: number): void {
    const { blocked } = this.#chart.data
    if (blocked === null || !this.#operations.includes(blocked)) return
    const x = view.x(this.#chart.call[blocked] as number)
    context.fillStyle = colour('blocked')
    context.fillRect(x, y + 2, 3, this.height - 5)
  }

  #hit(i: number): Hit {
    const operation = this.#operations[i] as number
    return {
      address: `op=${operation}`,
      text: this.#chart.label(operation),
      from: this.#chart.call[operation] as number,
      to: this.#chart.end[operation] as number,
    }
  }

  at(time: number, slack: number): Hit | null {
    const i = this.#spans.at(time, slack)
    return i === null ? null : this.#hit(i)
  }

  next(time: number, direction: 1 | -1): Hit | null {
    const i = this.#spans.next(time, direction)
    return i === null ? null : this.#hit(i)
  }
}
