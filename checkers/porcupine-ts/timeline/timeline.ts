/**
 * A canvas with lanes: what is visible of them is painted; wheel, drag, touch and keys move it; what a reader points at is
 * told. Pages contain this class as text, so it may use only the browser and its arguments.
 */
import type { Axis } from './axis.ts'
import type { Gestures } from './gestures.ts'
import type { Heads } from './heads.ts'
import type { Hit, Lane, Painting } from './lane.ts'
import type { View } from './view.ts'

export interface TimelineOptions {
  readonly into: HTMLElement
  readonly view: View
  readonly axis: Axis
  readonly heads: Heads
  readonly gestures: Gestures
  readonly lanes: readonly Lane[]
  /** A description for readers who do not see it. */
  readonly label: string
  onSelect(hit: Hit): void
  /** What is shown of the text of a hit, which may be anybody's. Absent: all of it, as it is. */
  tipOf?(hit: Hit): string
  /** What is under the pointer; null: nothing is. */
  onHover?(hit: Hit | null): void
  /** After the lanes: `yOf` gives the upper edge of a lane, or null if it is not shown. */
  paintOver?(painting: Painting, yOf: (id: string) => number | null): void
  /** After each painting. */
  onPainted?(view: View): void
  /** A reader has moved a lane or a group of lanes. */
  onReorder?(): void
}

/** What the keys act on. */
interface Current {
  readonly laneId: string | null
  /** Null: nothing is selected. */
  readonly from: number | null
}

export class Timeline {
  readonly headWidth = 150
  readonly axisHeight = 24
  /** In pixels: what A4 and Letter have room for. */
  readonly paperWidth = 690
  /** So far beside something it is still hit, in pixels: by a mouse, and by a finger. */
  readonly slack = 3
  readonly fingerSlack = 12
  /** What a wheel that counts lines moves for each, in pixels. */
  readonly lineHeight = 16
  readonly #options: TimelineOptions
  readonly #view: View
  readonly #scroller: HTMLElement
  readonly #canvas: HTMLCanvasElement
  readonly #axisCanvas: HTMLCanvasElement
  readonly #heads: Heads
  readonly #spacer: HTMLElement
  readonly #tip: HTMLElement
  /** What changed without being seen, for readers who listen. */
  readonly #told: HTMLElement
  readonly #colours = new Map<string, string>()
  #current: Current = { laneId: null, from: null }
  #isPending = false
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
    this.#told = this.#make('div', 'told')
    this.#told.setAttribute('role', 'status')
    this.#spacer.append(this.#canvas, this.#heads.element)
    this.#scroller.append(this.#spacer)
    options.into.classList.add('timeline')
    options.into.append(this.#axisCanvas, this.#scroller, this.#tip, this.#told)
    this.#axisCanvas.setAttribute('aria-hidden', 'true')
    this.#canvas.tabIndex = 0
    this.#canvas.setAttribute('role', 'application')
    this.#canvas.setAttribute('aria-label', options.label)
    this.#listen()
    this.#heads.onChange = () => this.#layOut()
    this.#heads.onReorder = () => this.#options.onReorder?.()
    this.#heads.setLanes(options.lanes)
    // A canvas of another size is empty, and the frame in which that is noticed is shown: it is painted at once.
    new ResizeObserver(() => {
      this.#resize()
      this.#paint()
    }).observe(this.#scroller)
    addEventListener('beforeprint', () => this.#fitPaper(true))
    addEventListener('afterprint', () => this.#fitPaper(false))
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#colours.clear()
      this.redraw()
    })
  }

  /** Other lanes, such as after filtering, in their usual order. */
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

  /** What was selected elsewhere: the keys go on from there. */
  follow(laneId: string | null, from: number): void {
    this.#setCurrent({ laneId: laneId ?? this.#current.laneId, from })
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
    this.#options.gestures.listen(canvas, {
      move: (x, y, isTouch) => this.#move(x, y, isTouch),
      pinch: (factor, clientX) => this.#pinch(factor, clientX),
      tap: (event) => this.#tap(event),
    })
    canvas.addEventListener('pointermove', (event) => {
      if (!this.#options.gestures.isDown) this.#hover(event)
    })
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
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? this.lineHeight : 1
    const [x, y] = [unit * event.deltaX, unit * event.deltaY]
    if (isSideways) this.#view.pan(x === 0 ? y : x)
    else this.#view.zoom(Math.exp(Math.max(-1, Math.min(1, y * 0.002))), event.offsetX - this.headWidth)
    this.redraw()
  }

  #move(x: number, y: number, isTouch: boolean): void {
    this.#hover(null)
    this.#view.pan(-x)
    const before = this.#scroller.scrollTop
    this.#scroller.scrollTop -= y
    // A finger scrolls the page where the lanes end: otherwise nobody gets past them on a small screen.
    if (isTouch) scrollBy(0, before - this.#scroller.scrollTop - y)
    this.redraw()
  }

  #pinch(factor: number, clientX: number): void {
    const { left } = this.#canvas.getBoundingClientRect()
    this.#view.zoom(1 / factor, clientX - left - this.headWidth)
    this.redraw()
  }

  #tap(event: PointerEvent): void {
    const found = this.#hitAt(event)
    if (found !== null) this.#select(found.lane, found.hit)
  }

  #select({ id }: Lane, hit: Hit): void {
    this.#setCurrent({ laneId: id, from: hit.from })
    this.#options.onSelect(hit)
    this.redraw()
  }

  #setCurrent(current: Current): void {
    this.#current = current
    this.#heads.mark(current.laneId)
  }

  #hover(event: PointerEvent | null): void {
    const hit = event === null ? null : (this.#hitAt(event)?.hit ?? null)
    this.#options.onHover?.(hit)
    this.#tip.style.display = hit === null ? 'none' : 'block'
    this.#canvas.style.cursor = hit === null ? 'grab' : 'pointer'
    if (hit === null || event === null) return
    this.#tip.textContent = this.#options.tipOf?.(hit) ?? hit.text
    this.#tip.style.left = `${Math.max(0, Math.min(event.clientX + 14, innerWidth - this.#tip.offsetWidth - 8))}px`
    this.#tip.style.top = `${event.clientY + 16}px`
  }

  #hitAt(event: PointerEvent): { readonly lane: Lane; readonly hit: Hit } | null {
    const x = event.offsetX - this.headWidth
    if (x < 0) return null
    const y = event.offsetY + this.#scroller.scrollTop
    const lane = this.#heads.laneAt(y)
    if (lane === null) return null
    const { top } = this.#heads.edgesOf(lane.id) ?? { top: 0 }
    const slack = event.pointerType === 'touch' ? this.fingerSlack : this.slack
    const hit = lane.at(this.#view.time(x), this.#view.timeOf(slack), y - top)
    return hit === null ? null : { lane, hit }
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
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => this.#moveLane(1),
      ArrowUp: () => this.#moveLane(-1),
    }
    const act = (event.altKey ? moves : acts)[event.key]
    if (act === undefined || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    act()
    this.redraw()
  }

  #moveLane(by: 1 | -1): void {
    const { laneId } = this.#current
    const told = laneId === null ? null : this.#heads.move(laneId, by)
    if (laneId !== null) this.#scrollTo(laneId)
    this.#told.textContent = told ?? 'Choose a lane with arrow up and down first.'
  }

  #toLane(direction: 1 | -1): void {
    const { shown } = this.#heads
    const at = shown.findIndex(({ id }) => id === this.#current.laneId)
    const lane = shown[Math.max(0, Math.min(shown.length - 1, at + direction))]
    if (lane === undefined) return
    this.#scrollTo(lane.id)
    const time = this.#current.from ?? (this.#view.from + this.#view.to) / 2
    const hit =
      lane.at(time, this.#view.timeOf(this.slack), lane.height / 2) ??
      lane.next(time, 1) ??
      lane.next(time, -1)
    if (hit === null) this.#setCurrent({ ...this.#current, laneId: lane.id })
    else this.#select(lane, hit)
  }

  #step(direction: 1 | -1): void {
    const { shown } = this.#heads
    // The lane of what is selected, else the first.
    const lane = shown.find(({ id }) => id === this.#current.laneId) ?? shown[0]
    const hit = lane?.next(this.#current.from ?? this.#view.from, direction) ?? null
    if (lane === undefined || hit === null) return
    if (hit.from < this.#view.from || hit.from > this.#view.to) {
      const half = (this.#view.to - this.#view.from) / 2
      this.#view.show(hit.from - half, hit.from + half)
    }
    this.#select(lane, hit)
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
