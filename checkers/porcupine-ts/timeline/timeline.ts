/**
 * A canvas with lanes: what is visible of them is painted; wheel, drag, touch and keys move it; what a reader points at is
 * told. Pages contain this class as text, so it may use only the browser and its arguments.
 */
import type { Axis } from './axis.ts'
import type { Heads } from './heads.ts'
import type { Hit, Lane, Painting } from './lane.ts'
import type { View } from './view.ts'

export interface TimelineOptions {
  readonly into: HTMLElement
  readonly view: View
  readonly axis: Axis
  readonly heads: Heads
  readonly lanes: readonly Lane[]
  /** A description for readers who do not see it. */
  readonly label: string
  onSelect(hit: Hit): void
  /** What is under the pointer; null: nothing is. */
  onHover?(hit: Hit | null): void
  /** After the lanes: `yOf` gives the upper edge of a lane, or null if it is not shown. */
  paintOver?(painting: Painting, yOf: (id: string) => number | null): void
  /** After each painting. */
  onPainted?(view: View): void
}

export class Timeline {
  readonly headWidth = 150
  readonly axisHeight = 24
  /** In pixels: what A4 and Letter have room for. */
  readonly paperWidth = 690
  readonly #options: TimelineOptions
  readonly #view: View
  readonly #scroller: HTMLElement
  readonly #canvas: HTMLCanvasElement
  readonly #axisCanvas: HTMLCanvasElement
  readonly #heads: Heads
  readonly #spacer: HTMLElement
  readonly #tip: HTMLElement
  readonly #colours = new Map<string, string>()
  readonly #pointers = new Map<number, PointerEvent>()
  #current: Hit | null = null
  #isPending = false
  #hasMoved = false
  /** How many pictures have been painted. */
  #painted = 0

  constructor(options: TimelineOptions) {
    this.#options = options
    this.#view = options.view
    this.#heads = options.heads
    this.#axisCanvas = this.#make('canvas', 'axis') as HTMLCanvasElement
    this.#canvas = this.#make('canvas', 'lanes') as HTMLCanvasElement
    this.#spacer = this.#make('div', 'spacer')
    this.#scroller = this.#make('div', 'scroller')
    this.#tip = this.#make('div', 'tip')
    this.#spacer.append(this.#canvas, this.#heads.element)
    this.#scroller.append(this.#spacer)
    options.into.classList.add('timeline')
    options.into.append(this.#axisCanvas, this.#scroller, this.#tip)
    this.#axisCanvas.setAttribute('aria-hidden', 'true')
    this.#canvas.tabIndex = 0
    this.#canvas.setAttribute('role', 'application')
    this.#canvas.setAttribute('aria-label', options.label)
    this.#listen()
    this.#heads.onChange = () => this.#layOut()
    this.#heads.setLanes(options.lanes)
    new ResizeObserver(() => this.#resize()).observe(this.#scroller)
    addEventListener('beforeprint', () => this.#fitPaper(true))
    addEventListener('afterprint', () => this.#fitPaper(false))
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#colours.clear()
      this.redraw()
    })
  }

  /** Other lanes, such as after filtering. Groups keep their order. */
  setLanes(lanes: readonly Lane[]): void {
    this.#heads.setLanes(lanes)
  }

  /** Shows a time span with some of its surroundings, and scrolls to a lane. */
  show(from: number, to: number, laneId: string | null): void {
    const margin = Math.max((to - from) * 0.15, this.#view.finest)
    this.#view.show(from - margin, to + margin)
    this.reveal(laneId)
  }

  /** Unfolds a lane and scrolls to it. */
  reveal(laneId: string | null): void {
    if (laneId !== null) this.#scrollTo(laneId)
    this.redraw()
  }

  showAll(): void {
    this.#view.showAll()
    this.redraw()
  }

  redraw(): void {
    if (this.#isPending) return
    this.#isPending = true
    requestAnimationFrame(() => {
      this.#isPending = false
      this.#paint()
    })
  }

  #make(name: string, className: string): HTMLElement {
    const made = document.createElement(name)
    made.className = className
    return made
  }

  #scrollTo(laneId: string): void {
    this.#heads.unfold(laneId)
    const edges = this.#heads.edgesOf(laneId)
    if (edges === null) return
    const { scrollTop, clientHeight } = this.#scroller
    if (edges.top < scrollTop || edges.bottom > scrollTop + clientHeight)
      this.#scroller.scrollTop = edges.top - clientHeight / 2
  }

  #layOut(): void {
    this.#spacer.style.height = `${this.#heads.height}px`
    this.#resize()
  }

  #listen(): void {
    const canvas = this.#canvas
    canvas.addEventListener('wheel', (event) => this.#wheel(event), { passive: false })
    canvas.addEventListener('pointerdown', (event) => this.#down(event))
    canvas.addEventListener('pointermove', (event) => this.#move(event))
    canvas.addEventListener('pointerup', (event) => this.#up(event))
    canvas.addEventListener('pointercancel', (event) => this.#pointers.delete(event.pointerId))
    canvas.addEventListener('pointerleave', () => this.#hover(null))
    canvas.addEventListener('keydown', (event) => this.#key(event))
    this.#scroller.addEventListener('scroll', () => this.redraw())
  }

  /** Lanes that do not fit are scrolled by the wheel; the time is then zoomed with ctrl, or by pinching. */
  #wheel(event: WheelEvent): void {
    const scrolls = this.#scroller.scrollHeight > this.#scroller.clientHeight + 1
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)
    if (scrolls && !event.ctrlKey && !event.altKey && !isSideways) return
    event.preventDefault()
    if (isSideways) this.#view.pan(event.deltaX === 0 ? event.deltaY : event.deltaX)
    else this.#view.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY * 0.002))), this.#x(event))
    this.redraw()
  }

  #x({ offsetX }: MouseEvent): number {
    return offsetX - this.headWidth
  }

  #down(event: PointerEvent): void {
    this.#pointers.set(event.pointerId, event)
    this.#hasMoved = false
    this.#canvas.setPointerCapture(event.pointerId)
  }

  #move(event: PointerEvent): void {
    const before = this.#pointers.get(event.pointerId)
    if (before === undefined) return this.#hover(event)
    const other = [...this.#pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId)
    const distance = event.offsetX - before.offsetX
    if (Math.abs(distance) > 0 || Math.abs(event.offsetY - before.offsetY) > 0) this.#hasMoved = true
    if (other === undefined) {
      this.#view.pan(-distance)
      this.#scroller.scrollTop -= event.offsetY - before.offsetY
    } else this.#pinch(before, event, other)
    this.#pointers.set(event.pointerId, event)
    this.redraw()
  }

  /** Two fingers: what was between them stays between them. */
  #pinch(before: PointerEvent, now: PointerEvent, other: PointerEvent): void {
    const was = Math.max(10, Math.abs(before.offsetX - other.offsetX))
    const is = Math.max(10, Math.abs(now.offsetX - other.offsetX))
    this.#view.zoom(was / is, (now.offsetX + other.offsetX) / 2 - this.headWidth)
  }

  #up(event: PointerEvent): void {
    this.#pointers.delete(event.pointerId)
    if (this.#hasMoved) return
    const hit = this.#hitAt(event)
    if (hit !== null) this.#select(hit)
  }

  #select(hit: Hit): void {
    this.#current = hit
    this.#options.onSelect(hit)
    this.redraw()
  }

  #hover(event: PointerEvent | null): void {
    const hit = event === null ? null : this.#hitAt(event)
    this.#options.onHover?.(hit)
    this.#tip.style.display = hit === null ? 'none' : 'block'
    this.#canvas.style.cursor = hit === null ? 'grab' : 'pointer'
    if (hit === null || event === null) return
    this.#tip.textContent = hit.text
    this.#tip.style.left = `${Math.max(0, Math.min(event.clientX + 14, innerWidth - this.#tip.offsetWidth - 8))}px`
    this.#tip.style.top = `${event.clientY + 16}px`
  }

  #hitAt(event: PointerEvent): Hit | null {
    const x = this.#x(event)
    if (x < 0) return null
    const y = event.offsetY + this.#scroller.scrollTop
    const lane = this.#heads.laneAt(y)
    if (lane === null) return null
    const { top } = this.#heads.edgesOf(lane.id) ?? { top: 0 }
    return lane.at(this.#view.time(x), this.#view.timeOf(3), y - top)
  }

  #key(event: KeyboardEvent): void {
    const middle = this.#view.width / 2
    const step = event.shiftKey ? this.#view.width : this.#view.width / 6
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#view.pan(-step),
      ArrowRight: () => this.#view.pan(step),
      '+': () => this.#view.zoom(0.6, middle),
      '=': () => this.#view.zoom(0.6, middle),
      '-': () => this.#view.zoom(1 / 0.6, middle),
      Home: () => this.#view.showAll(),
      ArrowDown: () => this.#toLane(1),
      ArrowUp: () => this.#toLane(-1),
      '.': () => this.#step(1),
      ',': () => this.#step(-1),
    }
    const act = acts[event.key]
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
    this.redraw()
  }

  /** The lane of what is selected, else the first. */
  #currentLane(): Lane | null {
    const { shown } = this.#heads
    return shown.find(({ id }) => id === this.currentLaneId) ?? shown[0] ?? null
  }

  /** The lane that the keys act on. */
  currentLaneId: string | null = null

  #toLane(direction: 1 | -1): void {
    const { shown } = this.#heads
    const at = shown.findIndex(({ id }) => id === this.currentLaneId)
    const lane = shown[Math.max(0, Math.min(shown.length - 1, at + direction))]
    if (lane === undefined) return
    this.currentLaneId = lane.id
    this.#scrollTo(lane.id)
    const middle = (this.#view.from + this.#view.to) / 2
    const hit =
      lane.at(this.#current?.from ?? middle, this.#view.timeOf(3), lane.height / 2) ??
      lane.next(this.#current?.from ?? middle, 1) ??
      lane.next(this.#current?.from ?? middle, -1)
    if (hit !== null) this.#select(hit)
  }

  #step(direction: 1 | -1): void {
    const lane = this.#currentLane()
    const hit = lane?.next(this.#current?.from ?? this.#view.from, direction) ?? null
    if (lane === null || hit === null) return
    this.currentLaneId = lane.id
    if (hit.from < this.#view.from || hit.from > this.#view.to) {
      const half = (this.#view.to - this.#view.from) / 2
      this.#view.show(hit.from - half, hit.from + half)
    }
    this.#select(hit)
  }

  #resize(): void {
    const width = this.#scroller.clientWidth
    const height = Math.min(this.#scroller.clientHeight || this.#heads.height, this.#heads.height)
    this.#view.width = Math.max(1, width - this.headWidth)
    this.#fit(this.#canvas, width, height)
    this.#fit(this.#axisCanvas, width, this.axisHeight)
    this.redraw()
  }

  /** Paper does not scroll: all lanes are painted, as wide as a page is. The picture must be there when the event is over. */
  #fitPaper(isPaper: boolean): void {
    this.#options.into.style.width = isPaper ? `${this.paperWidth}px` : ''
    this.#scroller.style.maxHeight = isPaper ? 'none' : ''
    this.#resize()
    this.#paint()
  }

  #fit(canvas: HTMLCanvasElement, width: number, height: number): void {
    const ratio = devicePixelRatio
    canvas.width = width * ratio
    canvas.height = height * ratio
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }

  #colour(name: string): string {
    const known = this.#colours.get(name)
    if (known !== undefined) return known
    const value = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
    this.#colours.set(name, value)
    return value
  }

  #paint(): void {
    this.#paintAxis()
    const context = this.#begin(this.#canvas)
    if (context === null) return
    const { scrollTop } = this.#scroller
    const height = this.#canvas.clientHeight
    const painting: Painting = {
      context,
      view: this.#view,
      visible: { top: scrollTop, height },
      colour: (name) => this.#colour(name),
    }
    context.save()
    context.translate(this.headWidth, -scrollTop)
    context.beginPath()
    context.rect(0, scrollTop, this.#view.width, height)
    context.clip()
    this.#paintGrid(context, scrollTop, height)
    for (const lane of this.#heads.shown) {
      const edges = this.#heads.edgesOf(lane.id)
      if (edges !== null && edges.top < scrollTop + height && edges.bottom > scrollTop)
        lane.paint(painting, edges.top)
    }
    this.#options.paintOver?.(painting, (id) => this.#heads.edgesOf(id)?.top ?? null)
    context.restore()
    this.#painted++
    this.#canvas.dataset.from = String(this.#view.from)
    this.#canvas.dataset.to = String(this.#view.to)
    this.#canvas.dataset.painted = String(this.#painted)
    this.#options.onPainted?.(this.#view)
  }

  #begin(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    const context = canvas.getContext('2d')
    if (context === null) return null
    const ratio = devicePixelRatio
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.clearRect(0, 0, canvas.width, canvas.height)
    context.font = '11px system-ui, sans-serif'
    context.textBaseline = 'middle'
    return context
  }

  #paintGrid(context: CanvasRenderingContext2D, top: number, height: number): void {
    context.fillStyle = this.#colour('line')
    for (const tick of this.#options.axis.ticks(this.#view))
      context.fillRect(Math.round(this.#view.x(tick)), top, 1, height)
  }

  #paintAxis(): void {
    const context = this.#begin(this.#axisCanvas)
    if (context === null) return
    const step = this.#options.axis.step(this.#view)
    for (const tick of this.#options.axis.ticks(this.#view)) {
      const x = this.headWidth + Math.round(this.#view.x(tick))
      context.fillStyle = this.#colour('line')
      context.fillRect(x, this.axisHeight - 6, 1, 6)
      context.fillStyle = this.#colour('dim')
      context.fillText(this.#options.axis.text(tick, step), x + 3, this.axisHeight / 2)
    }
  }
}
