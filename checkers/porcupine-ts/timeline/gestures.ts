/**
 * What the mouse and fingers do on an element: dragging moves it, two fingers zoom, and a click or tap points at something.
 * Pages contain this class as text, so it may use only the browser and its arguments.
 */
export interface GestureHandlers {
  /** By so many pixels to the right and downwards. */
  move(x: number, y: number, isTouch: boolean): void
  /** @param factor above 1: the fingers moved apart. @param clientX the middle between them */
  pinch(factor: number, clientX: number): void
  tap(event: PointerEvent): void
}

interface Place {
  readonly x: number
  readonly y: number
}

export class Gestures {
  /** Less is a hand that is not quite still. In pixels. */
  readonly mouseSlop = 3
  readonly touchSlop = 10
  /** Two fingers are never nearer than that: their distance would double at the slightest move. In pixels. */
  readonly leastDistance = 30
  /** Where each finger, or the mouse while its button is down, was last. */
  readonly #places = new Map<number, Place>()
  #isTap = false

  listen(element: HTMLElement | SVGElement, handlers: GestureHandlers): void {
    const on = (name: 'down' | 'move' | 'up' | 'cancel', act: (event: PointerEvent) => void): void =>
      (element as HTMLElement).addEventListener(`pointer${name}`, act)
    on('down', (event) => this.#down(element, event))
    on('move', (event) => this.#move(event, handlers))
    on('up', (event) => {
      const isTap = this.#isTap && this.#places.has(event.pointerId)
      this.#places.delete(event.pointerId)
      this.#isTap = false
      if (isTap) handlers.tap(event)
    })
    on('cancel', (event) => {
      this.#places.delete(event.pointerId)
      this.#isTap = false
    })
  }

  /** Whether a button or a finger is down. */
  get isDown(): boolean {
    return this.#places.size > 0
  }

  #down(element: Element, event: PointerEvent): void {
    if (event.button !== 0) return
    // The second finger makes it no tap, however still both are.
    this.#isTap = this.#places.size === 0
    this.#places.set(event.pointerId, this.#placeOf(event))
    element.setPointerCapture(event.pointerId)
  }

  #move(event: PointerEvent, handlers: GestureHandlers): void {
    const before = this.#places.get(event.pointerId)
    if (before === undefined) return
    const now = this.#placeOf(event)
    const isTouch = event.pointerType === 'touch'
    const slop = isTouch ? this.touchSlop : this.mouseSlop
    if (this.#isTap && this.#distance(before, now) <= slop) return
    this.#isTap = false
    this.#places.set(event.pointerId, now)
    const other = [...this.#places].find(([id]) => id !== event.pointerId)?.[1]
    if (other === undefined) return handlers.move(now.x - before.x, now.y - before.y, isTouch)
    const [was, is] = [before, now].map((place) =>
      Math.max(this.leastDistance, this.#distance(place, other)),
    ) as [number, number]
    handlers.pinch(is / was, (before.x + other.x) / 2)
    // The middle between two fingers moves by half of what one of them does. What shows everything can move only now.
    handlers.move((now.x - before.x) / 2, (now.y - before.y) / 2, isTouch)
  }

  #placeOf({ clientX, clientY }: PointerEvent): Place {
    return { x: clientX, y: clientY }
  }

  #distance(a: Place, b: Place): number {
    return Math.hypot(a.x - b.x, a.y - b.y)
  }
}
