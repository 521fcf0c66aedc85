/** The timeline, its tools and the details of what is selected; the page's address says what a reader looks at. */
import { Axis } from '../../../checkers/porcupine-ts/timeline/axis.ts'
import { Gestures } from '../../../checkers/porcupine-ts/timeline/gestures.ts'
import { Heads } from '../../../checkers/porcupine-ts/timeline/heads.ts'
import type { Hit, Lane, Painting } from '../../../checkers/porcupine-ts/timeline/lane.ts'
import { LaneOrder } from '../../../checkers/porcupine-ts/timeline/order.ts'
import { Timeline } from '../../../checkers/porcupine-ts/timeline/timeline.ts'
import { View } from '../../../checkers/porcupine-ts/timeline/view.ts'
import { clip, visible } from '../../support/visible.ts'
import { parseNumbered } from './address.ts'
import { legend, makeBenchTools } from './bench-tools.ts'
import { linesDuring, type Shown } from './details/facts.ts'
import { showLine } from './details/line.ts'
import { detailsOf } from './details.ts'
import { element } from './dom.ts'
import { type Matches, matchesOf } from './filter.ts'
import { clientLaneId, clientLanes, type Marks, paintProof } from './lanes/clients.ts'
import { controllerLanes } from './lanes/controller.ts'
import { effectLanes } from './lanes/effects.ts'
import { faultLanes, paintBands } from './lanes/faults.ts'
import { logLanes } from './lanes/logs.ts'
import { machineLanes } from './lanes/machine.ts'
import { nodeLanes } from './lanes/nodes.ts'
import { paintSelected } from './lanes/selected.ts'
import { seriesLanes } from './lanes/series.ts'
import { termLanes } from './lanes/terms.ts'
import type { LogsView } from './logs.ts'
import type { Model } from './model.ts'
import { formatState, parseState, type Selected, type State } from './state.ts'

/** A thousandth of a microsecond: an imported history may have no other times. */
const FINEST_MS = 1e-5

const HELP =
  'Timeline. Arrow left and right move, plus and minus zoom, Home shows all, arrow up and down change the lane, comma and full stop go to the item before and after, alt with arrow up or down moves the lane. Details of what is selected follow below.'

/** Characters: a value of the cluster may be as large as a page. */
const MOST_OF_TIP = 1500

/** Marks the entries of the browser's history that this page wrote: they say all that a reader saw. A link says less. */
const OWN_ENTRY = { faultline: true } as const

const isOwnEntry = (state: unknown): boolean =>
  typeof state === 'object' && state !== null && 'faultline' in state

export class Workbench {
  readonly #model: Model
  /** Places of the operations of the most important piece of evidence. */
  readonly #first: readonly number[]
  readonly #marks: Marks
  readonly #view: View
  readonly #order: LaneOrder
  readonly #heads: Heads
  readonly #timeline: Timeline
  readonly #fixed: readonly Lane[]
  /** Built after the first picture: a million latencies take their time. */
  #series: readonly Lane[] = []
  #lanes: readonly Lane[] = []
  readonly #details = element('section', { id: 'details', 'aria-live': 'polite' }, [])
  readonly #tools: ReturnType<typeof makeBenchTools>
  #state: State
  /** Null: all operations are shown. */
  #matches: Matches | null = null
  /** What is selected; null: nothing, or the page does not have it. */
  #shown: Shown | null = null
  #logs: LogsView | null = null
  /** The page's address is written after this, so that moving does not write it for each picture. */
  #writing: ReturnType<typeof setTimeout> | null = null
  /** The address that the page has written or followed. A link has changed it to another one before the page hears of it. */
  #address = location.hash

  /** @param evidence the operations of each piece of evidence, as indices into the history; the most important first */
  constructor(into: HTMLElement, model: Model, evidence: readonly (readonly number[])[]) {
    const { data, history, terms, samples } = model
    this.#model = model
    const pieces = evidence.map((indices) => indices.flatMap((index) => history.placeOf(index) ?? []))
    this.#first = pieces.find((places) => places.length > 0) ?? []
    this.#marks = { evidence: new Set(pieces.flat()), selected: null }
    this.#view = new View(0, data.endMs, Math.min(FINEST_MS, data.endMs))
    this.#state = parseState(location.hash)
    this.#order = new LaneOrder(this.#state.groups, this.#state.lanes)
    this.#heads = new Heads([], this.#order)
    this.#fixed = [
      ...faultLanes(data.faults),
      ...termLanes(terms),
      ...nodeLanes(data, samples),
      ...effectLanes(data.effects.effects),
      ...machineLanes(data.lateness),
    ]
    this.#tools = makeBenchTools({
      showEvidence: this.#first.length === 0 ? null : () => this.#showEvidence(),
      showAll: () => this.#timeline.showAll(),
      zoom: (factor) => this.#zoom(factor),
      filterChanged: () => this.#setFilter(this.#tools.filter.value),
      usualOrder: () => this.#setOrder([], []),
    })
    const holder = element('div', { id: 'timeline' }, [])
    into.append(this.#tools.element, legend(), holder, this.#details)
    this.#timeline = new Timeline({
      into: holder,
      view: this.#view,
      axis: new Axis({ size: 1000, start: 0, name: ' s' }),
      heads: this.#heads,
      gestures: new Gestures(),
      lanes: this.#makeLanes(),
      label: HELP,
      onSelect: (hit) => this.#open(hit),
      tipOf: ({ text }) => clip(visible(text), MOST_OF_TIP),
      paintOver: (painting, yOf) => this.#paintOver(painting, yOf),
      onPainted: () => this.#moved(),
      onReorder: () => this.#reordered(),
    })
    this.#start()
    addEventListener('hashchange', () => this.#follow(isOwnEntry(window.history.state)))
    document.addEventListener('click', (event) => this.#clicked(event))
  }

  #zoom(factor: number): void {
    this.#view.zoom(factor, this.#view.width / 2)
    this.#timeline.redraw()
  }

  #makeLanes(): readonly Lane[] {
    const { data, history } = this.#model
    // What comes later is below, so that nothing moves when the page has been read.
    this.#lanes = [
      ...this.#fixed,
      ...clientLanes(data, history, this.#marks, this.#matches),
      ...logLanes(this.#logs?.lines ?? []),
      ...this.#series,
      ...controllerLanes(data.load),
    ]
    return this.#lanes
  }

  #start(): void {
    const { selected, span, filter } = this.#state
    this.#tools.filter.value = filter
    this.#tellCount()
    this.#tellOrder()
    if (selected !== null) this.#select(selected, span === null)
    if (span !== null) this.#view.show(span.fromMs, span.toMs)
    else if (selected === null && this.#first.length > 0) this.#showEvidence()
    this.#timeline.redraw()
  }

  /** All has been read: labels can be drawn, operations filtered, and details told. @param logs null: the run has none */
  isWhole(logs: LogsView | null): void {
    this.#logs = logs
    this.#series = seriesLanes(this.#model.history, this.#model.data.overview)
    this.#matches = matchesOf(this.#model.history, this.#state.filter)
    this.#timeline.setLanes(this.#makeLanes())
    this.#tellCount()
    const { selected, span } = this.#state
    // A line of a log is known only now.
    if (selected !== null) this.#select(selected, selected.kind === 'line' && span === null)
  }

  #paintOver(painting: Painting, yOf: (laneId: string) => number | null): void {
    const { data, history } = this.#model
    paintBands(data.faults, painting)
    const { selected: place } = this.#marks
    if (place !== null) {
      if (history.isWhole) paintProof(history, place, painting, yOf)
      return
    }
    if (this.#shown === null) return
    const { laneId } = this.#shown
    const lane = this.#lanes.find(({ id }) => id === laneId)
    const top = lane === undefined ? null : yOf(lane.id)
    paintSelected(painting, this.#shown, lane === undefined || top === null ? null : { lane, top })
  }

  #showEvidence(): void {
    const { history } = this.#model
    let from = Number.POSITIVE_INFINITY
    let to = 0
    for (const place of this.#first) {
      const [start, end] = [history.startMs[place] as number, history.endMs[place] as number]
      from = Math.min(from, start)
      to = Math.max(to, Number.isFinite(end) ? end : start)
    }
    this.#timeline.show(from, to, clientLaneId(history.row(this.#first[0] as number)))
  }

  #setFilter(filter: string): void {
    this.#state = { ...this.#state, filter }
    this.#tools.filter.value = filter
    const { history } = this.#model
    // Before it has been read, nothing is known that could be filtered.
    this.#matches = history.isWhole ? matchesOf(history, filter) : null
    this.#timeline.setLanes(this.#makeLanes())
    this.#tellCount()
    this.#write()
  }

  #tellCount(): void {
    const { omitted } = this.#model.data
    const { count } = this.#model.history
    const left =
      omitted === null
        ? ''
        : `; ${omitted.count} further from the evidence are only on the page as densities${this.#matches === null ? '' : ', which no filter finds'}`
    const shown =
      this.#matches === null ? `${count} operations` : `${this.#matches.count} of ${count} operations match`
    this.#tools.tellCount(`${shown}${left}`)
  }

  #setOrder(groups: readonly string[], lanes: readonly string[]): void {
    this.#order.set(groups, lanes)
    this.#heads.arrange()
    this.#reordered()
  }

  #reordered(): void {
    const { groups, lanes } = this.#order
    this.#state = { ...this.#state, groups, lanes }
    this.#tellOrder()
    this.#write()
  }

  #tellOrder(): void {
    this.#tools.showOrder(this.#order.groups.length > 0 || this.#order.lanes.length > 0)
  }

  #open(hit: Hit): void {
    const { selected } = parseState(`#${hit.address}`)
    if (selected === null) return
    this.#select(selected, false)
    // Going back leads to what was selected before.
    this.#stopWriting()
    window.history.pushState(OWN_ENTRY, '', formatState(this.#state))
    this.#address = location.hash
  }

  /** @param moves whether the timeline goes there */
  #select(selected: Selected, moves: boolean): void {
    this.#state = { ...this.#state, selected }
    this.#shown = selected.kind === 'line' ? this.#shownLine(selected.name) : detailsOf(this.#model, selected)
    this.#marks.selected = selected.kind === 'op' ? this.#model.history.placeOf(Number(selected.name)) : null
    this.#tell(selected)
    this.#showInLogs(selected)
    if (this.#shown !== null) {
      const { laneId, span } = this.#shown
      this.#timeline.follow(laneId, span.fromMs)
      if (moves) this.#goTo(span, laneId)
    }
    this.#timeline.redraw()
  }

  #deselect(): void {
    this.#state = { ...this.#state, selected: null }
    this.#shown = null
    this.#marks.selected = null
    this.#details.replaceChildren()
    this.#timeline.redraw()
  }

  /** The logs go to the time of what is selected. A selected line comes from there. */
  #showInLogs({ kind, name }: Selected): void {
    if (kind !== 'line') {
      if (this.#shown !== null) this.#logs?.showTime(this.#shown.span.fromMs)
      return
    }
    const line = parseNumbered(name)
    if (line === null) return
    this.#logs?.select(line.owner, line.number)
    document.getElementById('logs')?.scrollIntoView({ block: 'nearest' })
  }

  #tell({ kind, name }: Selected): void {
    // What is told needs more than the first picture.
    if (!this.#model.history.isWhole) return
    if (this.#shown === null) {
      this.#details.replaceChildren(element('h3', {}, [visible(`The page has no ${kind} ${name}.`)]))
      return
    }
    const { heading, content, span } = this.#shown
    const lines = linesDuring(this.#logs?.lines ?? [], span)
    this.#details.replaceChildren(
      element('h3', {}, [visible(heading)]),
      content,
      ...(lines === null ? [] : [lines]),
    )
  }

  #shownLine(name: string): Shown | null {
    const address = parseNumbered(name)
    const line = address === null ? null : (this.#logs?.lineOf(address.owner, address.number) ?? null)
    return line === null ? null : showLine(this.#model, line)
  }

  /** A short thing is shown with its surroundings; what is in view stays where it is. */
  #goTo({ fromMs, toMs }: Shown['span'], laneId: string | null): void {
    const { from, to } = this.#view
    const length = Math.max(toMs - fromMs, this.#model.data.endMs / 1e5)
    const isSeen = fromMs >= from && toMs <= to && to - from < 50 * length
    if (isSeen) this.#timeline.reveal(laneId)
    else this.#timeline.show(fromMs - 3 * length, toMs + 3 * length, laneId)
  }

  /** A link to where the reader is changes no address, and the browser does nothing. */
  #clicked(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null
    if (link !== null && link.getAttribute('href') === location.hash) this.#follow(false)
  }

  /** @param isOwn it says all that a reader saw, as far as this page wrote it; a link keeps what it does not name */
  #follow(isOwn: boolean): void {
    this.#address = location.hash
    // An address of a heading.
    if (!location.hash.includes('=') && location.hash !== '') return
    // What was to be written belongs to the place that has been left.
    this.#stopWriting()
    const next = parseState(location.hash)
    if (isOwn || next.span !== null) this.#restore(next)
    else if (next.selected !== null) this.#select(next.selected, true)
    // The logs scroll to a line by themselves.
    if (next.selected?.kind !== 'line')
      document.getElementById('timeline')?.scrollIntoView({ block: 'nearest' })
    this.#write()
  }

  #restore(next: State): void {
    const { groups, lanes } = this.#order
    if (String([groups, lanes]) !== String([next.groups, next.lanes])) this.#setOrder(next.groups, next.lanes)
    if (next.filter !== this.#state.filter) this.#setFilter(next.filter)
    if (next.span === null) this.#view.showAll()
    else this.#view.show(next.span.fromMs, next.span.toMs)
    if (next.selected === null) this.#deselect()
    else this.#select(next.selected, false)
  }

  #moved(): void {
    const { from, to, least, most } = this.#view
    const isAll = from <= least && to >= most
    this.#state = { ...this.#state, span: isAll ? null : { fromMs: from, toMs: to } }
    this.#write()
  }

  #stopWriting(): void {
    if (this.#writing !== null) clearTimeout(this.#writing)
  }

  #write(): void {
    this.#stopWriting()
    this.#writing = setTimeout(() => {
      // A link has been followed, of which this page is about to hear: its address stays.
      if (location.hash !== this.#address) return
      const next = formatState(this.#state)
      const isSame = next === location.hash || (next === '#' && location.hash === '')
      if (!isSame || !isOwnEntry(window.history.state)) window.history.replaceState(OWN_ENTRY, '', next)
      this.#address = location.hash
    }, 200)
  }
}
