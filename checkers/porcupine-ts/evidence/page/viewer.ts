/**
 * The page: what it shows besides the timeline, and the order in which operations can take effect. The page contains this
 * class as text, so it may use only the browser and its arguments.
 */
import type { Axis } from '../../timeline/axis.ts'
import type { Gestures } from '../../timeline/gestures.ts'
import type { Heads } from '../../timeline/heads.ts'
import type { Hit, Lane, Painting } from '../../timeline/lane.ts'
import type { LaneOrder } from '../../timeline/order.ts'
import type { Spans } from '../../timeline/spans.ts'
import type { Timeline } from '../../timeline/timeline.ts'
import type { View } from '../../timeline/view.ts'
import type { AnnotationLane } from './annotation-lane.ts'
import type { Chart } from './chart.ts'
import type { PageAttempt } from './data.ts'
import type { Look, OperationLane } from './operation-lane.ts'

/** The classes that the page contains as text. */
export interface Parts {
  readonly View: typeof View
  readonly Axis: typeof Axis
  readonly Spans: typeof Spans
  readonly LaneOrder: typeof LaneOrder
  readonly Heads: typeof Heads
  readonly Gestures: typeof Gestures
  readonly Timeline: typeof Timeline
  readonly OperationLane: typeof OperationLane
  readonly AnnotationLane: typeof AnnotationLane
}

export class Viewer {
  readonly #chart: Chart
  readonly #parts: Parts
  readonly #view: View
  readonly #timeline: Timeline
  readonly #look: Look = { hovered: null }
  #attempt: PageAttempt | null = null
  readonly #pointSize = 4
  /** How many neighbours in the order are drawn around the operation under the pointer. */
  readonly #neighbours = 12

  constructor(chart: Chart, parts: Parts) {
    this.#chart = chart
    this.#parts = parts
    this.#view = new parts.View(chart.from, chart.to, 10)
    this.#fill()
    const { unit, start, tick } = chart.data
    const axis = new parts.Axis({ size: unit.size / tick, start: start / unit.size, name: unit.name })
    this.#timeline = new parts.Timeline({
      into: this.#element('timeline'),
      view: this.#view,
      axis,
      heads: new parts.Heads([], new parts.LaneOrder()),
      gestures: new parts.Gestures(),
      lanes: this.#lanes(),
      label:
        'Operations of the clients. Arrow keys and plus and minus move and zoom; comma and full stop go on.',
      onSelect: (hit) => this.#point(hit),
      onHover: (hit) => this.#point(hit),
      paintOver: (painting, yOf) => this.#paintOver(painting, yOf),
    })
    this.#listen()
    this.#jump()
  }

  #element(id: string): HTMLElement {
    return document.querySelector(`#${id}`) as HTMLElement
  }

  #fill(): void {
    const { partitions, orders, blocked, attempts, omitted, gaps } = this.#chart.data
    const select = this.#element('partition') as HTMLSelectElement
    select.add(new Option(`all (${partitions.length})`, ''))
    for (const { partition } of orders)
      select.add(new Option(String(partitions[partition]), String(partition)))
    this.#element('jump').hidden = blocked === null
    if (blocked !== null) {
      const failing = this.#chart.data.partitionOf[blocked] as number
      select.value = String(failing)
      this.#chart.show(failing)
    }
    this.#element('count').textContent =
      `${gaps.length} operations${omitted === 0 ? '' : `; ${omitted} further from the failure are left out`}`
    for (const attempt of attempts) this.#element('attempts').append(this.#attemptItem(attempt))
  }

  #lanes(): readonly Lane[] {
    const { rows, lanes, call, end } = this.#chart
    const { AnnotationLane, OperationLane, Spans } = this.#parts
    return [
      ...rows.map((row) => new AnnotationLane(this.#chart, row)),
      ...lanes.flatMap((operations, lane) => {
        if (operations.length === 0) return []
        const starts = Float64Array.from(operations, (operation) => call[operation] as number)
        const ends = Float64Array.from(operations, (operation) => end[operation] as number)
        const spans = new Spans(starts, ends, new Uint8Array(operations.length), 1)
        return [new OperationLane(this.#chart, lane, spans, this.#look)]
      }),
    ]
  }

  #attemptItem(attempt: PageAttempt): HTMLElement {
    const item = document.createElement('li')
    const order = attempt.operations.map((operation) => this.#chart.label(operation)).join(', ') || 'nothing'
    const why = attempt.refused.map((refusal) => refusal.why).join('; ')
    item.textContent = `${order} -> ${attempt.state}. ${why === '' ? '' : `But then ${why}.`}`
    item.addEventListener('mouseenter', () => this.#setAttempt(attempt))
    item.addEventListener('mouseleave', () => this.#setAttempt(null))
    return item
  }

  #setAttempt(attempt: PageAttempt | null): void {
    this.#attempt = attempt
    this.#timeline.redraw()
  }

  #listen(): void {
    window.addEventListener('keydown', ({ key }) => {
      if (key === 'e') this.#jump()
      if (key === 'a') this.#timeline.showAll()
    })
    this.#element('jump').addEventListener('click', () => this.#jump())
    this.#element('whole').addEventListener('click', () => this.#timeline.showAll())
    this.#element('partition').addEventListener('change', ({ target }) => {
      const { value } = target as HTMLSelectElement
      this.#chart.show(value === '' ? null : Number(value))
      this.#timeline.setLanes(this.#lanes())
    })
  }

  #point(hit: Hit | null): void {
    const named = hit === null ? '' : hit.address.replace('op=', '')
    const operation = named === '' ? null : Number(named)
    if (operation === this.#look.hovered) return
    this.#look.hovered = operation
    const { attempts } = this.#chart.data
    this.#attempt = attempts.find(({ operations }) => operations.includes(operation ?? -1)) ?? null
    this.#element('details').textContent = operation === null ? '' : this.#tell(operation)
    this.#timeline.redraw()
  }

  #tell(operation: number): string {
    const { data, call, end, placeOf, orderOf } = this.#chart
    const order = data.orders[orderOf[operation] as number]
    const place = placeOf[operation] as number
    const state = (at: number): string => data.texts[order?.states[at] as number] ?? 'the beginning'
    const lines = [
      `${this.#chart.label(operation)}, client ${data.clients[operation]}, on ${data.partitions[data.partitionOf[operation] as number]}`,
      `called at ${this.#chart.textOf(call[operation] as number)}, ${this.#chart.isOpen(operation) ? 'never returned' : `returned at ${this.#chart.textOf(end[operation] as number)}`}`,
    ]
    if (order !== undefined)
      lines.push(`${place + 1} in the order: from ${state(place - 1)} to ${state(place)}`)
    const why = data.attempts
      .flatMap(({ refused }) => refused)
      .filter((refusal) => refusal.operation === operation)
    lines.push(...new Set(why.map((refusal) => refusal.why)))
    if (operation === data.blocked) lines.push('cannot be placed: no order explains it')
    return lines.join('\n')
  }

  /** Shows the failing window with a margin around it. */
  #jump(): void {
    const { blocked, window: failing } = this.#chart.data
    if (blocked === null) return
    const shown = failing.length === 0 ? [blocked] : failing
    const from = Math.min(...shown.map((operation) => this.#chart.call[operation] as number))
    const to = this.#chart.end[blocked] as number
    const margin = Math.max(10, (to - from) / 3, 6 * (to - (this.#chart.call[blocked] as number)))
    this.#timeline.show(from - margin, to + margin, `lane ${this.#chart.data.lanes[blocked]}`)
  }

  #paintOver(painting: Painting, yOf: (id: string) => number | null): void {
    if (this.#attempt !== null) this.#paintOrder(painting, yOf, this.#attempt.operations, null)
    else if (this.#look.hovered !== null) this.#paintAround(painting, yOf, this.#look.hovered)
  }

  /** The neighbours of an operation in the order that was found for its partition. */
  #paintAround(painting: Painting, yOf: (id: string) => number | null, operation: number): void {
    const order = this.#chart.data.orders[this.#chart.orderOf[operation] as number]
    if (order === undefined) return
    const place = this.#chart.placeOf[operation] as number
    const from = Math.max(0, place - this.#neighbours)
    this.#paintOrder(painting, yOf, order.operations.slice(from, place + this.#neighbours + 1), from)
  }

  /** A numbered line from effect to effect. `first`: the number of the first place; null: all are drawn. */
  #paintOrder(
    { context, view, colour }: Painting,
    yOf: (id: string) => number | null,
    operations: readonly number[],
    first: number | null,
  ): void {
    const { effect, data } = this.#chart
    const times =
      first === null ? this.#chart.effects(operations) : operations.map((i) => effect[i] as number)
    const points = operations.flatMap((operation, i) => {
      const y = yOf(`lane ${data.lanes[operation]}`)
      return y === null ? [] : [{ x: view.x(times[i] as number), y: y + 11, number: (first ?? 0) + i + 1 }]
    })
    context.strokeStyle = colour('path')
    context.fillStyle = colour('path')
    context.lineWidth = 1.5
    context.beginPath()
    for (const { x, y } of points) context.lineTo(x, y)
    context.stroke()
    for (const { x, y, number } of points) {
      context.beginPath()
      context.arc(x, y, this.#pointSize, 0, 2 * Math.PI)
      context.fill()
      context.fillText(String(number), x + this.#pointSize, y - 8)
    }
  }
}
