/**
 * The heads of the lanes, and where each lane is. Groups of lanes fold, and move up; a lane moves within its group. Heads are
 * elements, so that they can be read aloud and used by keys. Pages contain this class as text, so it may use only the browser
 * and its arguments.
 */
import type { Lane } from './lane.ts'
import type { LaneOrder } from './order.ts'

interface Edges {
  readonly top: number
  readonly bottom: number
}

export class Heads {
  readonly groupHeight = 22
  readonly element = document.createElement('div')
  readonly #folded: Set<string>
  readonly #order: LaneOrder
  /** In their usual order. */
  #lanes: readonly Lane[] = []
  /** Groups and their lanes from top to bottom. */
  #arranged: ReadonlyMap<string, readonly Lane[]> = new Map()
  #shown: readonly Lane[] = []
  #edges = new Map<string, Edges>()
  #dragged: string | null = null
  #current: string | null = null
  /** In pixels, of all that is not folded. */
  height = 0
  /** Lanes have moved, folded or changed. */
  onChange: () => void = () => {}
  /** A reader has moved a group or a lane. */
  onReorder: () => void = () => {}

  /** @param folded groups that are folded at first */
  constructor(folded: readonly string[], order: LaneOrder) {
    this.#folded = new Set(folded)
    this.#order = order
    this.element.className = 'heads'
    this.#listen()
  }

  /** @param lanes in their usual order */
  setLanes(lanes: readonly Lane[]): void {
    this.#lanes = lanes
    this.arrange()
  }

  /** After the order was changed from outside. */
  arrange(): void {
    this.#arranged = this.#order.arrange(this.#lanes)
    this.#layOut()
  }

  /** The lanes that are not folded, from top to bottom. */
  get shown(): readonly Lane[] {
    return this.#shown
  }

  /** Null: there is no such lane, or it is folded. */
  edgesOf(laneId: string): Edges | null {
    return this.#edges.get(laneId) ?? null
  }

  laneAt(y: number): Lane | null {
    const isAt = ({ id }: Lane): boolean => {
      const edges = this.#edges.get(id)
      return edges !== undefined && y >= edges.top && y < edges.bottom
    }
    return this.#shown.find(isAt) ?? null
  }

  unfold(laneId: string): void {
    const lane = this.#lanes.find(({ id }) => id === laneId)
    if (lane !== undefined && this.#folded.delete(lane.group)) this.#layOut()
  }

  /** Marks the lane that the keys act on. */
  mark(laneId: string | null): void {
    this.#current = laneId
    for (const head of this.element.querySelectorAll<HTMLElement>('.head'))
      head.classList.toggle('current', head.dataset.lane === laneId)
  }

  /**
   * Moves a lane up (-1) or down (1) within its group.
   *
   * @returns its new place in words; null: there is no such lane
   */
  move(laneId: string, by: 1 | -1): string | null {
    const lane = this.#lanes.find(({ id }) => id === laneId)
    if (lane === undefined) return null
    const own = this.#own(lane.group)
    const at = own.findIndex(({ id }) => id === laneId)
    const to = Math.max(0, Math.min(own.length - 1, at + by))
    if (to !== at) this.#moveLane(laneId, to)
    return `${lane.label} is lane ${to + 1} of ${own.length} of ${lane.group}`
  }

  #own(group: string): readonly Lane[] {
    return this.#arranged.get(group) ?? []
  }

  #moveLane(laneId: string, to: number): void {
    this.#order.moveLane(this.#lanes, laneId, to)
    this.arrange()
    this.onReorder()
  }

  #layOut(): void {
    this.#edges = new Map()
    const heads: HTMLElement[] = []
    const shown: Lane[] = []
    let y = 0
    for (const [group, lanes] of this.#arranged) {
      heads.push(this.#groupHead(group, y))
      y += this.groupHeight
      if (this.#folded.has(group)) continue
      for (const lane of lanes) {
        this.#edges.set(lane.id, { top: y, bottom: y + lane.height })
        heads.push(this.#laneHead(lane, y))
        shown.push(lane)
        y += lane.height
      }
    }
    this.#shown = shown
    this.height = y + 4
    this.element.replaceChildren(...heads)
    this.onChange()
  }

  #laneHead({ id, label, height }: Lane, y: number): HTMLElement {
    const head = document.createElement('div')
    head.className = 'head'
    head.classList.toggle('dragged', id === this.#dragged)
    head.classList.toggle('current', id === this.#current)
    head.dataset.lane = id
    head.textContent = label
    head.title = `${label}: drag to move this lane`
    head.style.top = `${y}px`
    head.style.height = `${height}px`
    return head
  }

  #groupHead(group: string, y: number): HTMLElement {
    const head = document.createElement('div')
    head.className = 'group'
    head.style.top = `${y}px`
    const isFolded = this.#folded.has(group)
    const fold = this.#button(
      'fold',
      `${isFolded ? '\u25b8' : '\u25be'} ${group} (${this.#own(group).length})`,
    )
    fold.setAttribute('aria-expanded', String(!isFolded))
    fold.addEventListener('click', () => this.#toggle(group))
    head.append(fold)
    if (this.#placeOf(group) === 0) return head
    const up = this.#button('up', '\u2191')
    up.setAttribute('aria-label', `move ${group} up`)
    up.addEventListener('click', () => this.#moveUp(group))
    head.append(up)
    return head
  }

  #button(className: string, text: string): HTMLElement {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = className
    button.textContent = text
    return button
  }

  #placeOf(group: string): number {
    return [...this.#arranged.keys()].indexOf(group)
  }

  #toggle(group: string): void {
    if (!this.#folded.delete(group)) this.#folded.add(group)
    this.#layOut()
    this.#focus(group, '.fold')
  }

  #moveUp(group: string): void {
    const to = this.#placeOf(group) - 1
    this.#order.moveGroup(this.#lanes, group, to)
    this.arrange()
    this.onReorder()
    this.#focus(group, to === 0 ? '.fold' : '.up')
  }

  /** The heads are new elements: whoever uses keys stays where they were. */
  #focus(group: string, part: string): void {
    const head = this.element.querySelectorAll('.group')[this.#placeOf(group)]
    head?.querySelector<HTMLElement>(part)?.focus()
  }

  /** Heads are made anew while one is dragged, so their holder listens. */
  #listen(): void {
    const { element } = this
    element.addEventListener('pointerdown', (event) => {
      const { lane } = (event.target as HTMLElement).dataset
      if (lane === undefined || event.button !== 0) return
      this.#dragged = lane
      element.setPointerCapture(event.pointerId)
      // Otherwise the text of the heads is selected.
      event.preventDefault()
    })
    element.addEventListener('pointermove', (event) => {
      if (this.#dragged === null) return
      const y = event.clientY - element.getBoundingClientRect().top
      this.#drag(this.#dragged, y)
    })
    const drop = (): void => {
      this.#dragged = null
      for (const head of element.querySelectorAll('.dragged')) head.classList.remove('dragged')
    }
    element.addEventListener('pointerup', drop)
    element.addEventListener('pointercancel', drop)
  }

  /** The dragged lane changes places with one that it would cover: it then lies under the pointer. */
  #drag(laneId: string, y: number): void {
    const lane = this.#lanes.find(({ id }) => id === laneId)
    const from = this.edgesOf(laneId)
    if (lane === undefined || from === null) return
    const own = this.#own(lane.group)
    const edges = own.map(({ id }) => this.edgesOf(id) as Edges)
    const isCovered = ({ top, bottom }: Edges): boolean =>
      top > from.top ? y >= bottom - lane.height : y < top + lane.height
    const to = edges.findIndex((each, i) => {
      // The first and the last lane reach as far as the pointer does.
      const top = i === 0 ? Number.NEGATIVE_INFINITY : each.top
      const bottom = i === own.length - 1 ? Number.POSITIVE_INFINITY : each.bottom
      return own[i] !== lane && y >= top && y < bottom && isCovered(each)
    })
    if (to !== -1) this.#moveLane(laneId, to)
  }
}
