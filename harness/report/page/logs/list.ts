/**
 * A list of rows of equal height, of which only those in sight are elements. So a hundred thousand lines scroll as smoothly as
 * a hundred. It is a listbox: the arrow keys move the active row, Enter selects it.
 */
import { element } from '../dom.ts'

/** The same as in the style sheet. */
const ROW_PX = 20
const OVERSCAN = 8

/** Browsers limit the height of an element. Longer lists scroll by parts of a row. */
const MOST_PX = 12_000_000

interface ListOptions {
  readonly label: string
  /** Makes the row at a position. Its id is `idOf(position)`. */
  readonly draw: (position: number) => HTMLElement
  readonly idOf: (position: number) => string
  readonly choose: (position: number) => void
}

export class RowList {
  readonly element: HTMLElement
  readonly #options: ListOptions
  readonly #sizer = element('div', { role: 'presentation', class: 'log-sizer' }, [])
  readonly #window = element('div', { role: 'presentation', class: 'log-window' }, [])
  #count = 0
  #active = -1
  #isDue = false

  constructor(options: ListOptions) {
    this.#options = options
    this.element = element(
      'div',
      { class: 'log-list', role: 'listbox', tabindex: '0', 'aria-label': options.label },
      [this.#sizer],
    )
    this.#sizer.append(this.#window)
    this.element.addEventListener('scroll', () => this.redraw())
    this.element.addEventListener('keydown', (event) => this.#key(event))
    this.element.addEventListener('click', (event) => this.#click(event))
    new ResizeObserver(() => this.redraw()).observe(this.element)
  }

  /** The position of the active row; -1: there is none. */
  get active(): number {
    return this.#active
  }

  /** Other rows: the active one is `active`, and stays where it is on the screen if it was in sight. */
  setCount(count: number, active: number): void {
    this.#count = count
    this.#active = Math.min(active, count - 1)
    this.#sizer.style.height = `${this.#heightPx()}px`
    this.redraw()
  }

  /** Makes the row active, and scrolls only if it is out of sight. */
  activate(position: number): void {
    if (this.#count === 0) return
    this.#active = Math.max(0, Math.min(position, this.#count - 1))
    if (!this.#isInSight(this.#active)) this.center(this.#active)
    this.redraw()
  }

  center(position: number): void {
    const rows = this.element.clientHeight / ROW_PX
    this.element.scrollTop = (position - rows / 2 + 0.5) * this.#pxPerRow()
    this.redraw()
  }

  /** Draws in the next frame, however often it is asked to. */
  redraw(): void {
    if (this.#isDue) return
    this.#isDue = true
    requestAnimationFrame(() => {
      this.#isDue = false
      this.#draw()
    })
  }

  #heightPx(): number {
    return Math.min(this.#count * ROW_PX, MOST_PX)
  }

  /** By how much it scrolls for one row. */
  #pxPerRow(): number {
    const { clientHeight } = this.element
    const rows = this.#count - clientHeight / ROW_PX
    return rows <= 0 ? ROW_PX : (this.#heightPx() - clientHeight) / rows
  }

  #firstInSight(): number {
    return this.element.scrollTop / this.#pxPerRow()
  }

  #isInSight(position: number): boolean {
    const first = this.#firstInSight()
    return position >= first && position + 1 <= first + this.element.clientHeight / ROW_PX
  }

  #draw(): void {
    const first = this.#firstInSight()
    const from = Math.max(0, Math.floor(first) - OVERSCAN)
    const to = Math.min(this.#count, Math.ceil(first + this.element.clientHeight / ROW_PX) + OVERSCAN)
    const top = this.element.scrollTop + (from - first) * ROW_PX
    this.#window.style.transform = `translateY(${top}px)`
    const rows: HTMLElement[] = []
    for (let position = from; position < to; position++) rows.push(this.#options.draw(position))
    this.#window.replaceChildren(...rows)
    if (this.#active >= from && this.#active < to)
      this.element.setAttribute('aria-activedescendant', this.#options.idOf(this.#active))
    else this.element.removeAttribute('aria-activedescendant')
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW_PX) - 1)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.#count,
      End: this.#count,
    }
    const step = steps[event.key]
    if (step !== undefined) this.activate(this.#active + step)
    else if ((event.key === 'Enter' || event.key === ' ') && this.#active >= 0)
      this.#options.choose(this.#active)
    else return
    event.preventDefault()
  }

  #click(event: MouseEvent): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-position]')
    if (row === null) return
    const position = Number(row.dataset.position)
    this.activate(position)
    this.#options.choose(position)
  }
}
