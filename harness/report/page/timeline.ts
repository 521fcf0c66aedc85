/**
 * The timeline: faults, nodes (role and term) and clients on one time axis, on a canvas. The wheel zooms at the pointer,
 * dragging moves, hovering shows details, and "first error" goes to the counterexample.
 */
import type { PageOperation, ReportData } from '../data.ts'
import { colour, element } from './dom.ts'

const LABEL_WIDTH = 120
const ROW_HEIGHT = 18
const AXIS_HEIGHT = 22
const MIN_SPAN_MS = 1

type Lane =
  | { readonly kind: 'fault'; readonly label: string }
  | { readonly kind: 'node'; readonly label: string }
  | { readonly kind: 'client'; readonly label: string; readonly row: number }

interface Hit {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly text: string
}

const lanesOf = (data: ReportData): readonly Lane[] => [
  ...[...new Set(data.faults.map((fault) => fault.label))].map((label): Lane => ({ kind: 'fault', label })),
  ...data.nodes.map((label): Lane => ({ kind: 'node', label })),
  ...data.rows.map((label, row): Lane => ({ kind: 'client', label, row })),
]

class Timeline {
  readonly #data: ReportData
  readonly #canvas: HTMLCanvasElement
  readonly #tip: HTMLElement
  readonly #lanes: readonly Lane[]
  readonly #byRow: readonly (readonly PageOperation[])[]
  readonly #highlighted: ReadonlySet<number>
  #fromMs = 0
  #toMs: number
  #hits: Hit[] = []
  #due = false

  constructor(data: ReportData, canvas: HTMLCanvasElement, tip: HTMLElement) {
    this.#data = data
    this.#canvas = canvas
    this.#tip = tip
    this.#lanes = lanesOf(data)
    this.#toMs = data.endMs
    this.#highlighted = new Set(data.highlighted)
    this.#byRow = data.rows.map((_, row) => data.operations.filter((operation) => operation.row === row))
    this.#listen()
    this.draw()
  }

  /** Shows the first counterexample and a little of its surroundings. */
  showFirstError(): void {
    const first = new Set(this.#data.firstError)
    const shown = this.#data.operations.filter(({ index }) => first.has(index))
    if (shown.length === 0) return
    const from = Math.min(...shown.map(({ startMs }) => startMs))
    const to = Math.max(...shown.map((operation) => this.#endOf(operation)))
    const margin = Math.max(5, (to - from) * 0.1)
    this.#zoomTo(from - margin, to + margin)
  }

  showAll(): void {
    this.#zoomTo(0, this.#data.endMs)
  }

  #endOf(operation: PageOperation): number {
    return operation.endMs < 0 ? this.#data.endMs : operation.endMs
  }

  #zoomTo(from: number, to: number): void {
    const span = Math.min(this.#data.endMs, Math.max(MIN_SPAN_MS, to - from))
    this.#fromMs = Math.max(0, Math.min(from, this.#data.endMs - span))
    this.#toMs = this.#fromMs + span
    this.#canvas.dataset.fromMs = this.#fromMs.toFixed(1)
    this.#canvas.dataset.toMs = this.#toMs.toFixed(1)
    this.draw()
  }

  #listen(): void {
    const canvas = this.#canvas
    canvas.addEventListener(
      'wheel',
      (event) => {
        event.preventDefault()
        const at = this.#timeAt(event.offsetX)
        const factor = Math.exp(event.deltaY * 0.0015)
        this.#zoomTo(at - (at - this.#fromMs) * factor, at + (this.#toMs - at) * factor)
      },
      { passive: false },
    )
    canvas.addEventListener('pointermove', (event) => {
      if (event.buttons === 1) {
        const shift = (event.movementX / this.#plotWidth()) * (this.#toMs - this.#fromMs)
        this.#zoomTo(this.#fromMs - shift, this.#toMs - shift)
      }
      this.#hover(event)
    })
    canvas.addEventListener('pointerleave', () => {
      this.#tip.style.display = 'none'
    })
    addEventListener('resize', () => this.draw())
  }

  #hover(event: PointerEvent): void {
    const hit = this.#hits.findLast(
      ({ x, y, width }) =>
        event.offsetX >= x &&
        event.offsetX <= x + width &&
        event.offsetY >= y &&
        event.offsetY <= y + ROW_HEIGHT,
    )
    this.#tip.style.display = hit === undefined ? 'none' : 'block'
    if (hit === undefined) return
    this.#tip.textContent = hit.text
    this.#tip.style.left = `${Math.min(event.clientX + 14, innerWidth - 580)}px`
    this.#tip.style.top = `${event.clientY + 16}px`
  }

  #plotWidth(): number {
    return this.#canvas.clientWidth - LABEL_WIDTH
  }

  #timeAt(x: number): number {
    return this.#fromMs + ((x - LABEL_WIDTH) / this.#plotWidth()) * (this.#toMs - this.#fromMs)
  }

  #xOf(timeMs: number): number {
    return LABEL_WIDTH + ((timeMs - this.#fromMs) / (this.#toMs - this.#fromMs)) * this.#plotWidth()
  }

  draw(): void {
    if (this.#due) return
    this.#due = true
    requestAnimationFrame(() => {
      this.#due = false
      this.#paint()
    })
  }

  #paint(): void {
    const height = AXIS_HEIGHT + this.#lanes.length * ROW_HEIGHT
    const ratio = devicePixelRatio
    this.#canvas.style.height = `${height}px`
    this.#canvas.width = this.#canvas.clientWidth * ratio
    this.#canvas.height = height * ratio
    const ctx = this.#canvas.getContext('2d')
    if (ctx === null) return
    ctx.scale(ratio, ratio)
    ctx.font = '11px system-ui'
    ctx.textBaseline = 'middle'
    this.#hits = []
    this.#paintAxis(ctx, height)
    ctx.save()
    ctx.beginPath()
    ctx.rect(LABEL_WIDTH, 0, this.#plotWidth(), height)
    ctx.clip()
    for (const [i, lane] of this.#lanes.entries()) this.#paintLane(ctx, lane, AXIS_HEIGHT + i * ROW_HEIGHT)
    ctx.restore()
    ctx.fillStyle = colour('dim')
    for (const [i, lane] of this.#lanes.entries()) {
      ctx.fillText(lane.label, 4, AXIS_HEIGHT + i * ROW_HEIGHT + ROW_HEIGHT / 2)
    }
  }

  #paintAxis(ctx: CanvasRenderingContext2D, height: number): void {
    const span = this.#toMs - this.#fromMs
    const raw = span / 8
    const base = 10 ** Math.floor(Math.log10(raw))
    const step = [1, 2, 5, 10].map((k) => k * base).find((candidate) => candidate >= raw) ?? raw
    for (let at = Math.ceil(this.#fromMs / step) * step; at <= this.#toMs; at += step) {
      const x = this.#xOf(at)
      ctx.fillStyle = colour('line')
      ctx.fillRect(x, AXIS_HEIGHT - 4, 1, height)
      ctx.fillStyle = colour('dim')
      ctx.fillText(`${(at / 1000).toFixed(step < 10 ? 3 : step < 1000 ? 2 : 0)} s`, x + 3, 9)
    }
  }

  #paintLane(ctx: CanvasRenderingContext2D, lane: Lane, y: number): void {
    if (lane.kind === 'fault') this.#paintFaults(ctx, lane.label, y)
    else if (lane.kind === 'node') this.#paintNode(ctx, lane.label, y)
    else for (const operation of this.#byRow[lane.row] ?? []) this.#paintOperation(ctx, operation, y)
  }

  /** Draws a bar if it is visible, and remembers it for hovering. Returns its width; 0 if it is not visible. */
  #bar(
    ctx: CanvasRenderingContext2D,
    y: number,
    fromMs: number,
    toMs: number,
    fill: string,
    text: string,
  ): number {
    if (toMs < this.#fromMs || fromMs > this.#toMs) return 0
    const x = Math.max(LABEL_WIDTH - 2, this.#xOf(fromMs))
    const width = Math.max(1.5, Math.min(this.#xOf(toMs), this.#canvas.clientWidth + 2) - x)
    ctx.fillStyle = fill
    ctx.fillRect(x, y + 2, width, ROW_HEIGHT - 4)
    this.#hits.push({ x: x - 1, y, width: width + 2, text })
    return width
  }

  #label(ctx: CanvasRenderingContext2D, text: string, fromMs: number, y: number, width: number): void {
    if (width < ctx.measureText(text).width + 8) return
    ctx.fillStyle = '#fff'
    ctx.fillText(text, Math.max(LABEL_WIDTH, this.#xOf(fromMs)) + 4, y + ROW_HEIGHT / 2)
  }

  #paintFaults(ctx: CanvasRenderingContext2D, label: string, y: number): void {
    for (const fault of this.#data.faults.filter((candidate) => candidate.label === label)) {
      const text = `${fault.id} (${fault.kind})\nvictims ${fault.victims.join(', ')}\nmeasured: ${fault.summary}\nplanned: ${fault.planned}`
      const fill = colour(fault.effective ? `fault-${fault.colour}` : 'fail')
      const width = this.#bar(ctx, y, fault.startMs, fault.endMs, fill, text)
      this.#label(ctx, `${fault.id} ${fault.victims.join(' ')}`, fault.startMs, y, width)
    }
  }

  #paintNode(ctx: CanvasRenderingContext2D, node: string, y: number): void {
    const fills = { leader: colour('leader'), down: colour('bad'), candidate: colour('info') } as const
    for (const role of this.#data.roles.filter((candidate) => candidate.node === node)) {
      const fill = role.role in fills ? fills[role.role as keyof typeof fills] : colour('line')
      const name = role.role === 'down' ? 'no answer' : role.role
      const text = `${node}: ${name}${role.term === null ? '' : ` in term ${role.term}`}`
      const width = this.#bar(ctx, y, role.startMs, role.endMs, fill, text)
      if (role.role === 'leader') this.#label(ctx, `leader, term ${role.term}`, role.startMs, y, width)
    }
  }

  #paintOperation(ctx: CanvasRenderingContext2D, operation: PageOperation, y: number): void {
    const end = this.#endOf(operation)
    const text = `${operation.type}  ${operation.text}\n${operation.startMs} ms to ${operation.endMs < 0 ? 'never' : `${operation.endMs} ms`}  (operation ${operation.index})`
    const width = this.#bar(ctx, y, operation.startMs, end, colour(operation.type), text)
    if (width > 0 && this.#highlighted.has(operation.index)) {
      ctx.strokeStyle = colour('focus')
      ctx.lineWidth = 2
      ctx.strokeRect(
        Math.max(LABEL_WIDTH, this.#xOf(operation.startMs)) - 1,
        y + 1,
        width + 2,
        ROW_HEIGHT - 2,
      )
    }
    this.#label(ctx, operation.text.slice(0, 60), operation.startMs, y, width)
  }
}

const key = (name: string, text: string): readonly (Node | string)[] => [
  element('i', { style: `background:var(--${name})` }, []),
  text,
]

export const mountTimeline = (into: HTMLElement, data: ReportData): void => {
  const canvas = element('canvas', { id: 'timeline' }, []) as HTMLCanvasElement
  const tip = element('div', { id: 'tip' }, [])
  const first = element('button', { class: 'first', id: 'first-error' }, ['first error'])
  const all = element('button', { id: 'show-all' }, ['whole run'])
  const omitted = data.omitted === 0 ? '' : ` ${data.omitted} operations are omitted.`
  const legend = element('span', { class: 'key' }, [
    ...key('ok', 'ok'),
    ...key('fail', 'fail, fault without effect'),
    ...key('info', 'info'),
    ...key('leader', 'leader'),
    ...key('bad', 'no answer'),
  ])
  const help = element('span', {}, [`wheel zooms, drag moves, hover shows details.${omitted}`])
  into.append(
    element('div', { class: 'tools' }, [...(data.firstError.length > 0 ? [first] : []), all, legend, help]),
    canvas,
    tip,
  )
  const timeline = new Timeline(data, canvas, tip)
  first.addEventListener('click', () => timeline.showFirstError())
  all.addEventListener('click', () => timeline.showAll())
}
