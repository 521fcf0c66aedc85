/**
 * The heads of the lanes, and where each lane is. Groups of lanes fold, and move up. Heads are elements, so that they can be
 * read aloud and used by keys. Pages contain this class as text, so it may use only the browser and its arguments.
 */
import type { Lane } from './lane.ts'

interface Edges {
  readonly top: number
  readonly bottom: number
}

export class Heads {
  readonly groupHeight = 22
  readonly element = document.createElement('div')
  readonly #folded: Set<string>
  /** From top to bottom. */
  #groups: string[] = []
  #lanes: readonly Lane[] = []
  #edges = new Map<string, Edges>()
  /** In pixels, of all that is not folded. */
  height = 0
  /** Lanes have moved. */
  onChange: () => void = () => {}

  /** @param folded groups that are folded at first */
  constructor(folded: readonly string[]) {
    this.#folded = new Set(folded)
    this.element.className = 'heads'
  }

  /** Groups keep their order. */
  setLanes(lanes: readonly Lane[]): void {
    const groups = new Set(lanes.map(({ group }) => group))
    this.#groups = [...new Set([...this.#groups.filter((group) => groups.has(group)), ...groups])]
    this.#lanes = lanes
    this.#layOut()
  }

  /** The lanes that are not folded, from top to bottom. */
  get shown(): readonly Lane[] {
    return this.#groups.flatMap((group) => (this.#folded.has(group) ? [] : this.#of(group)))
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
    return this.#lanes.find(isAt) ?? null
  }

  unfold(laneId: string): void {
    const lane = this.#lanes.find(({ id }) => id === laneId)
    if (lane !== undefined && this.#folded.delete(lane.group)) this.#layOut()
  }

  #of(group: string): readonly Lane[] {
    return this.#lanes.filter((lane) => lane.group === group)
  }

  #layOut(): void {
    this.#edges = new Map()
    const heads: HTMLElement[] = []
    let y = 0
    for (const group of this.#groups) {
      heads.push(this.#groupHead(group, y))
      y += this.groupHeight
      if (this.#folded.has(group)) continue
      for (const lane of this.#of(group)) {
        this.#edges.set(lane.id, { top: y, bottom: y + lane.height })
        heads.push(this.#laneHead(lane, y))
        y += lane.height
      }
    }
    this.height = y + 4
    this.element.replaceChildren(...heads)
    this.onChange()
  }

  #laneHead({ label, height }: Lane, y: number): HTMLElement {
    const head = document.createElement('div')
    head.className = 'head'
    head.textContent = label
    head.title = label
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
      `${isFolded ? '\u25b8' : '\u25be'} ${group} (${this.#of(group).length})`,
    )
    fold.setAttribute('aria-expanded', String(!isFolded))
    fold.addEventListener('click', () => this.#toggle(group))
    head.append(fold)
    if (this.#groups[0] === group) return head
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

  #toggle(group: string): void {
    if (!this.#folded.delete(group)) this.#folded.add(group)
    this.#layOut()
    this.#focus(group, '.fold')
  }

  #moveUp(group: string): void {
    const at = this.#groups.indexOf(group)
    this.#groups.splice(at - 1, 2, group, this.#groups[at - 1] as string)
    this.#layOut()
    this.#focus(group, at - 1 === 0 ? '.fold' : '.up')
  }

  /** The heads are new elements: whoever uses keys stays where they were. */
  #focus(group: string, part: string): void {
    const head = this.element.querySelectorAll('.group')[this.#groups.indexOf(group)]
    head?.querySelector<HTMLElement>(part)?.focus()
  }
}
