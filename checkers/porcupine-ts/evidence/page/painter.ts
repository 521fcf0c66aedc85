/**
 * Draws what a view shows. The work depends on the size of the canvas, not on the length of the history. The page
 * contains this class as text, so it may use only the browser and its arguments.
 */
import type { Chart, View } from './chart.ts'
import type { PageAttempt } from './data.ts'

export class Painter {
  readonly #chart: Chart
  readonly #view: View
  readonly #context: CanvasRenderingContext2D
  readonly #colors: CSSStyleDeclaration
  readonly #window: ReadonlySet<number>
  /** Number of rectangles drawn last time. */
  drawn = 0
  readonly rowHeight = 22
  readonly #axisHeight = 24
  readonly #pointSize = 4
  /** How many neighbours in the order are drawn around the operation under the pointer. */
  readonly #neighbours = 12

  constructor(chart: Chart, view: View, canvas: HTMLCanvasElement) {
    this.#chart = chart
    this.#view = view
    this.#context = canvas.getContext('2d') as CanvasRenderingContext2D
    this.#colors = getComputedStyle(document.documentElement)
    this.#window = new Set(chart.data.window)
  }

  /** `top`: scroll position of the lines. */
  paint(height: number, top: number, hovered: number | null, attempt: PageAttempt | null): void {
    this.drawn = 0
    this.#context.clearRect(0, 0, this.#view.width, height)
    this.#context.font = '12px system-ui, sans-serif'
    this.#context.textBaseline = 'middle'
    this.#annotations(height)
    const first = Math.max(0, Math.floor(top / this.rowHeight))
    const last = Math.min(this.#chart.laneCount, Math.ceil((top + height) / this.rowHeight))
    for (let lane = first; lane < last; lane++) this.#lane(lane, this.y(lane, top), hovered)
    if (attempt !== null) this.#order(attempt.operations, null, top)
    else if (hovered !== null) this.#around(hovered, top)
    this.#axis()
  }

  get head(): number {
    return this.#axisHeight + this.rowHeight * this.#chart.rows.length
  }

  y(lane: number, top: number): number {
    return this.head + lane * this.rowHeight - top
  }

  #color(name: string): string {
    return this.#colors.getPropertyValue(`--${name}`)
  }

  #rectangle(x: number, y: number, width: number, height: number): void {
    this.drawn++
    this.#context.fillRect(x, y, width, height)
  }

  /** Operations that fall on one pixel are drawn once. */
  #lane(lane: number, y: number, hovered: number | null): void {
    const { call, end } = this.#chart
    const shown = this.#chart.lanes[lane] as readonly number[]
    let i = Math.max(0, this.#chart.calledBy(shown, this.#view.from) - 1)
    while (i < shown.length) {
      const operation = shown[i] as number
      const x = this.#view.x(call[operation] as number)
      if (x > this.#view.width) return
      const next = shown[i + 1]
      const room = next === undefined ? this.#view.width : this.#view.x(call[next] as number)
      const right = Math.min(this.#view.x(end[operation] as number), room, this.#view.width)
      if (right >= 0) this.#bar(operation, Math.max(x, -1), y, Math.max(1, right - Math.max(x, -1)), hovered)
      i = Math.max(i + 1, this.#chart.calledBy(shown, this.#view.time(Math.floor(right) + 1)) - 1)
    }
  }

  #bar(operation: number, x: number, y: number, width: number, hovered: number | null): void {
    const { blocked } = this.#chart.data
    const name =
      operation === blocked
        ? 'blocked'
        : this.#window.has(operation)
          ? 'window'
          : this.#chart.isOpen(operation)
            ? 'open'
            : 'bar'
    this.#context.fillStyle = this.#color(operation === hovered ? 'hovered' : name)
    this.#rectangle(x, y + 2, width, this.rowHeight - 5)
    if (width < 30) return
    this.#context.fillStyle = this.#color('on-bar')
    this.#context.save()
    this.#context.beginPath()
    this.#context.rect(x, y, width - 2, this.rowHeight)
    this.#context.clip()
    this.#context.fillText(this.#chart.label(operation), Math.max(x, 0) + 4, y + this.rowHeight / 2)
    this.#context.restore()
  }

  #annotations(height: number): void {
    for (const { from, to, row, text } of this.#chart.data.annotations) {
      const x = this.#view.x(this.#chart.ticksOf(from))
      const right = to === undefined ? x + 2 : this.#view.x(this.#chart.ticksOf(to))
      if (right < 0 || x > this.#view.width) continue
      const y = this.#axisHeight + this.rowHeight * this.#chart.rows.indexOf(row)
      this.#context.fillStyle = this.#color('shade')
      this.#rectangle(x, this.#axisHeight, Math.max(1, right - x), height)
      this.#context.fillStyle = this.#color('annotation')
      this.#rectangle(x, y + 2, Math.max(2, right - x), this.rowHeight - 5)
      this.#context.fillStyle = this.#color('ink')
      this.#context.fillText(`${row}: ${text}`, Math.max(x, 0) + 4, y + this.rowHeight / 2)
    }
  }

  #axis(): void {
    this.#context.fillStyle = this.#color('paper')
    this.#context.fillRect(0, 0, this.#view.width, this.#axisHeight)
    this.#context.fillStyle = this.#color('ink')
    for (let x = 0; x < this.#view.width; x += 160) {
      this.#context.fillRect(x, this.#axisHeight - 5, 1, 5)
      this.#context.fillText(this.#chart.textOf(this.#view.time(x)), x + 3, this.#axisHeight / 2)
    }
  }

  /** The neighbours of an operation in the order that was found for its partition. */
  #around(operation: number, top: number): void {
    const order = this.#chart.data.orders[this.#chart.orderOf[operation] as number]
    if (order === undefined) return
    const place = this.#chart.placeOf[operation] as number
    const from = Math.max(0, place - this.#neighbours)
    this.#order(order.operations.slice(from, place + this.#neighbours + 1), from, top)
  }

  /** A numbered line from effect to effect. `first`: the number of the first place; null: all are drawn. */
  #order(operations: readonly number[], first: number | null, top: number): void {
    const { effect, data } = this.#chart
    const context = this.#context
    context.strokeStyle = this.#color('path')
    context.lineWidth = 1.5
    context.beginPath()
    const times =
      first === null ? this.#chart.effects(operations) : operations.map((i) => effect[i] as number)
    const points = operations.map((operation, i) => ({
      x: this.#view.x(times[i] as number),
      y: this.y(data.lanes[operation] as number, top) + this.rowHeight / 2,
    }))
    for (const { x, y } of points) context.lineTo(x, y)
    context.stroke()
    for (const [i, { x, y }] of points.entries()) {
      context.fillStyle = this.#color('path')
      context.beginPath()
      context.arc(x, y, this.#pointSize, 0, 2 * Math.PI)
      context.fill()
      context.fillText(String((first ?? 0) + i + 1), x + this.#pointSize, y - this.rowHeight / 2 + 3)
    }
  }
}
