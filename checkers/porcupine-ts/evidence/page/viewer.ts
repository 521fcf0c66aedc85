/**
 * The page: pointer, wheel, keys, and the details of one operation. The page contains this class as text, so it may use
 * only the browser and its arguments.
 */
import type { Chart, View } from './chart.ts'
import type { PageAttempt } from './data.ts'
import type { Painter } from './painter.ts'

export class Viewer {
  readonly #chart: Chart
  readonly #view: View
  readonly #painter: Painter
  readonly #canvas: HTMLCanvasElement
  readonly #scroller: HTMLElement
  #hovered: number | null = null
  #attempt: PageAttempt | null = null
  #isDragged = false
  #isPending = false

  constructor(chart: Chart, view: View, painter: Painter) {
    this.#chart = chart
    this.#view = view
    this.#painter = painter
    this.#canvas = document.querySelector('canvas') as HTMLCanvasElement
    this.#scroller = document.querySelector('#scroller') as HTMLElement
    this.#fill()
    this.#listen()
    this.#resize()
    if (chart.data.blocked === null) this.#whole()
    else this.#jump()
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
    this.#redraw()
  }

  #listen(): void {
    const canvas = this.#canvas
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false })
    canvas.addEventListener('pointerdown', (event) => {
      this.#isDragged = true
      canvas.setPointerCapture(event.pointerId)
    })
    canvas.addEventListener('pointerup', () => {
      this.#isDragged = false
    })
    canvas.addEventListener('pointermove', (event) => this.#move(event))
    canvas.addEventListener('pointerleave', () => this.#hover(null))
    this.#scroller.addEventListener('scroll', () => this.#redraw())
    window.addEventListener('resize', () => this.#resize())
    window.addEventListener('keydown', ({ key }) => this.#key(key))
    this.#element('jump').addEventListener('click', () => this.#jump())
    this.#element('whole').addEventListener('click', () => this.#whole())
    this.#element('partition').addEventListener('change', ({ target }) => {
      const { value } = target as HTMLSelectElement
      this.#chart.show(value === '' ? null : Number(value))
      this.#redraw()
    })
  }

  #wheel(event: WheelEvent): void {
    const scrolls = this.#scroller.scrollHeight > this.#scroller.clientHeight
    const pans = Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (scrolls && !event.ctrlKey && !event.altKey && !pans) return
    event.preventDefault()
    if (pans) this.#view.pan(event.deltaX)
    else this.#view.zoom(Math.exp(event.deltaY / 300), event.offsetX)
    this.#redraw()
  }

  #move(event: PointerEvent): void {
    if (this.#isDragged) {
      this.#view.pan(-event.movementX)
      this.#scroller.scrollTop -= event.movementY
      this.#redraw()
    } else this.#hover(this.#operationAt(event.offsetX, event.offsetY))
  }

  #key(key: string): void {
    const step = this.#view.width / 5
    if (key === 'ArrowLeft') this.#view.pan(-step)
    else if (key === 'ArrowRight') this.#view.pan(step)
    else if (key === '+') this.#view.zoom(0.7, this.#view.width / 2)
    else if (key === '-') this.#view.zoom(1 / 0.7, this.#view.width / 2)
    else if (key === 'e') return this.#jump()
    else if (key === 'a') return this.#whole()
    else return
    this.#redraw()
  }

  #operationAt(x: number, y: number): number | null {
    const lane =
      this.#chart.lanes[
        Math.floor((y - this.#painter.head + this.#scroller.scrollTop) / this.#painter.rowHeight)
      ]
    if (lane === undefined || y < this.#painter.head) return null
    const time = this.#view.time(x)
    const operation = lane[this.#chart.calledBy(lane, time) - 1]
    return operation !== undefined && (this.#chart.end[operation] as number) >= time ? operation : null
  }

  #hover(operation: number | null): void {
    if (operation === this.#hovered) return
    this.#hovered = operation
    const { attempts } = this.#chart.data
    this.#attempt = attempts.find(({ operations }) => operations.includes(operation ?? -1)) ?? null
    this.#element('details').textContent = operation === null ? '' : this.#tell(operation)
    this.#redraw()
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
    this.#view.from = from - margin
    this.#view.to = to + margin
    const lane = this.#chart.data.lanes[blocked] as number
    this.#scroller.scrollTop = lane * this.#painter.rowHeight - this.#scroller.clientHeight / 2
    this.#redraw()
  }

  #whole(): void {
    this.#view.from = this.#chart.from
    this.#view.to = this.#chart.to
    this.#redraw()
  }

  #resize(): void {
    const needed = this.#painter.head + this.#painter.rowHeight * this.#chart.laneCount
    this.#element('spacer').style.height = `${needed}px`
    this.#scroller.style.height = `${needed + 4}px`
    const { clientWidth, clientHeight } = this.#scroller
    const ratio = window.devicePixelRatio
    this.#view.width = clientWidth
    this.#canvas.width = clientWidth * ratio
    this.#canvas.height = clientHeight * ratio
    this.#canvas.style.width = `${clientWidth}px`
    this.#canvas.style.height = `${clientHeight}px`
    this.#canvas.getContext('2d')?.setTransform(ratio, 0, 0, ratio, 0, 0)
    this.#redraw()
  }

  #redraw(): void {
    this.#view.clamp(this.#chart.from, this.#chart.to)
    if (this.#isPending) return
    this.#isPending = true
    requestAnimationFrame(() => {
      this.#isPending = false
      this.#painter.paint(this.#scroller.clientHeight, this.#scroller.scrollTop, this.#hovered, this.#attempt)
      const { from, to } = this.#view
      Object.assign(this.#canvas.dataset, {
        from,
        to,
        drawn: this.#painter.drawn,
        hovered: this.#hovered ?? '',
      })
    })
  }
}
