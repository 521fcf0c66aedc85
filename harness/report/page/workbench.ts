/** The timeline, its tools and the details of what is selected; the page's address says what a reader looks at. */
import { Axis } from '../../../checkers/porcupine-ts/timeline/axis.ts'
import { Heads } from '../../../checkers/porcupine-ts/timeline/heads.ts'
import type { Hit, Lane, Painting } from '../../../checkers/porcupine-ts/timeline/lane.ts'
import { Timeline } from '../../../checkers/porcupine-ts/timeline/timeline.ts'
import { View } from '../../../checkers/porcupine-ts/timeline/view.ts'
import type { ReportData } from '../data.ts'
import { detailsOf, linesDuring, type Shown } from './details.ts'
import { element } from './dom.ts'
import { filterOf } from './filter.ts'
import type { History } from './history.ts'
import { clientLanes, type Marks, paintProof } from './lanes/clients.ts'
import { effectLanes } from './lanes/effects.ts'
import { faultLanes, paintBands } from './lanes/faults.ts'
import { logLanes } from './lanes/logs.ts'
import { machineLanes } from './lanes/machine.ts'
import { nodeLanes } from './lanes/nodes.ts'
import { seriesLanes } from './lanes/series.ts'
import type { LogsView } from './logs.ts'
import { formatState, parseState, type Selected, type State } from './state.ts'

/** A thousandth of a microsecond: an imported history may have no other times. */
const FINEST_MS = 1e-5

const HELP =
  'Timeline. Arrow left and right move, plus and minus zoom, Home shows all, arrow up and down change the lane, comma and full stop go to the item before and after. Details of what is selected follow below.'

const swatch = (name: string, text: string, shape = ''): HTMLElement =>
  element('span', { class: `swatch ${shape} ${name}` }, [text])

const legend = (): HTMLElement =>
  element('p', { class: 'legend' }, [
    swatch('ok', 'ok'),
    swatch('fail', 'fail: did not happen', 'low'),
    swatch('info', 'in doubt: may have happened', 'open'),
    swatch('leader', '\u2605 leader'),
    swatch('candidate', '? candidate'),
    swatch('follower', 'follower'),
    swatch('bad', '\u2715 no answer'),
    swatch('clock', 'clock is off'),
    swatch('focus', '\u25bc evidence', 'frame'),
    swatch('bad', 'error in a log'),
    swatch('fg', 'fault: line as planned, bar as measured, dashed without effect', 'none'),
  ])

/** The node and the number of a line, from its address. */
const lineOf = (name: string): readonly [node: string, number: number] => {
  const at = name.lastIndexOf(':')
  return [name.slice(0, at), Number(name.slice(at + 1))]
}

export class Workbench {
  readonly #data: ReportData
  readonly #history: History
  /** Places of the operations of the most important piece of evidence. */
  readonly #first: readonly number[]
  readonly #marks: Marks
  readonly #view: View
  readonly #timeline: Timeline
  readonly #fixed: readonly Lane[]
  /** Built after the first picture: a million latencies take their time. */
  #series: readonly Lane[] = []
  readonly #details = element('section', { id: 'details', 'aria-live': 'polite' }, [])
  readonly #filter = element('input', {
    id: 'filter',
    type: 'search',
    placeholder: 'key:5 process:3 node:n1 outcome:info call:read text',
    'aria-label': 'show only operations that match',
  }) as HTMLInputElement
  readonly #count = element('span', { id: 'shown', role: 'status' }, [])
  #state: State
  #logs: LogsView | null = null
  /** The page's address is written after this, so that moving does not write it for each picture. */
  #writing: ReturnType<typeof setTimeout> | null = null

  /** @param evidence the operations of each piece of evidence, as indices into the history; the most important first */
  constructor(
    into: HTMLElement,
    data: ReportData,
    history: History,
    evidence: readonly (readonly number[])[],
  ) {
    this.#data = data
    this.#history = history
    const pieces = evidence.map((indices) => indices.flatMap((index) => history.placeOf(index) ?? []))
    this.#first = pieces.find((places) => places.length > 0) ?? []
    this.#marks = { evidence: new Set(pieces.flat()), selected: null }
    this.#view = new View(0, data.endMs, Math.min(FINEST_MS, data.endMs))
    this.#state = parseState(location.hash)
    this.#fixed = [
      ...faultLanes(data.faults),
      ...nodeLanes(data),
      ...effectLanes(data.effects),
      ...machineLanes(data.lateness),
    ]
    const holder = element('div', { id: 'timeline' }, [])
    into.append(this.#tools(), legend(), holder, this.#details)
    this.#timeline = new Timeline({
      into: holder,
      view: this.#view,
      axis: new Axis({ size: 1000, start: 0, name: ' s' }),
      heads: new Heads([]),
      lanes: this.#lanes(),
      label: HELP,
      onSelect: (hit) => this.#open(hit),
      paintOver: (painting, yOf) => this.#paintOver(painting, yOf),
      onPainted: () => this.#moved(),
    })
    addEventListener('hashchange', () => this.#follow())
    this.#start()
  }

  #tools(): HTMLElement {
    const button = (id: string, text: string, act: () => void): HTMLElement => {
      const made = element('button', { id, type: 'button' }, [text])
      made.addEventListener('click', act)
      return made
    }
    this.#filter.addEventListener('change', () => this.#setFilter(this.#filter.value))
    const hasEvidence = this.#first.length > 0
    return element('div', { class: 'tools' }, [
      ...(hasEvidence ? [button('first-error', 'show the evidence', () => this.#showEvidence())] : []),
      button('show-all', 'whole run', () => this.#timeline.showAll()),
      button('zoom-in', '+', () => this.#zoom(0.5)),
      button('zoom-out', '\u2212', () => this.#zoom(2)),
      this.#filter,
      this.#count,
    ])
  }

  #zoom(factor: number): void {
    this.#view.zoom(factor, this.#view.width / 2)
    this.#timeline.redraw()
  }

  /** Null: all operations are shown. */
  #shows(): ((place: number) => boolean) | null {
    return this.#history.isWhole ? filterOf(this.#history, this.#state.filter) : null
  }

  #lanes(): readonly Lane[] {
    const shows = this.#shows()
    return [
      ...this.#fixed,
      ...logLanes(this.#logs?.lines ?? []),
      ...clientLanes(this.#data, this.#history, this.#marks, shows),
      ...this.#series,
    ]
  }

  #start(): void {
    this.#filter.value = this.#state.filter
    this.#tellCount()
    if (this.#state.selected !== null) this.#select(this.#state.selected, this.#state.span === null)
    if (this.#state.span !== null) this.#view.show(this.#state.span.fromMs, this.#state.span.toMs)
    else if (this.#state.selected === null && this.#first.length > 0) this.#showEvidence()
    this.#timeline.redraw()
  }

  /** All has been read: labels can be drawn, operations filtered, and details told. @param logs null: the run has none */
  isWhole(logs: LogsView | null): void {
    this.#logs = logs
    this.#series = seriesLanes(this.#history)
    if (this.#state.selected !== null)
      this.#showInLogs(this.#state.selected, this.#tell(this.#state.selected))
    this.#timeline.setLanes(this.#lanes())
    this.#tellCount()
  }

  #paintOver(painting: Painting, yOf: (laneId: string) => number | null): void {
    paintBands(this.#data.faults, painting)
    const { selected: place } = this.#marks
    if (place !== null && this.#history.isWhole) paintProof(this.#history, place, painting, yOf)
    const moment = this.#moment()
    if (moment === null) return
    painting.context.fillStyle = painting.colour('focus')
    painting.context.fillRect(painting.view.x(moment), painting.visible.top, 1, painting.visible.height)
  }

  #showEvidence(): void {
    const places = this.#first
    const from = Math.min(...places.map((place) => this.#history.startMs[place] as number))
    const ends = places.map((place) => this.#history.endMs[place] as number).filter(Number.isFinite)
    const first = places[0] as number
    this.#timeline.show(from, Math.max(from, ...ends), `client ${this.#history.row(first)}`)
  }

  #setFilter(filter: string): void {
    this.#state = { ...this.#state, filter }
    this.#timeline.setLanes(this.#lanes())
    this.#tellCount()
    this.#write()
  }

  #tellCount(): void {
    const { omitted } = this.#data
    const shows = this.#shows()
    let count = this.#history.count
    if (shows !== null) {
      count = 0
      for (let place = 0; place < this.#history.count; place++) if (shows(place)) count++
    }
    const left = omitted === null ? '' : `; ${omitted.count} further from the evidence only as densities`
    this.#count.textContent = `${count} of ${this.#history.count} operations${left}`
  }

  #open(hit: Hit): void {
    const { selected } = parseState(`#${hit.address}`)
    if (selected === null) return
    this.#select(selected, false)
    // Going back leads to what was selected before.
    this.#stopWriting()
    history.pushState(null, '', formatState(this.#state))
  }

  /** @param moves whether the timeline goes there */
  #select(selected: Selected, moves: boolean): void {
    this.#state = { ...this.#state, selected }
    this.#marks.selected = selected.kind === 'op' ? this.#history.placeOf(Number(selected.name)) : null
    const shown = this.#tell(selected)
    this.#showInLogs(selected, shown)
    if (shown !== null && shown.laneId !== null) this.#timeline.currentLaneId = shown.laneId
    if (moves && shown !== null) this.#goTo(shown.span, shown.laneId)
    this.#timeline.redraw()
  }

  /** The logs go to the time of what is selected. A selected line comes from there. */
  #showInLogs({ kind, name }: Selected, shown: Shown | null): void {
    if (kind !== 'line') {
      if (shown !== null) this.#logs?.showTime(shown.span.fromMs)
      return
    }
    const [node, number] = lineOf(name)
    this.#logs?.select(node, number)
    document.getElementById('logs')?.scrollIntoView({ block: 'nearest' })
  }

  /** The moment that a mark on the timeline shows: a selected one, or that of a selected line. */
  #moment(): number | null {
    const { selected } = this.#state
    if (selected?.kind === 'at') return Number(selected.name)
    return selected?.kind === 'line' ? (this.#logs?.timeOf(...lineOf(selected.name)) ?? null) : null
  }

  #tell(selected: Selected): Shown | null {
    const shown =
      selected.kind === 'line'
        ? this.#shownLine(selected.name)
        : detailsOf(this.#data, this.#history, selected)
    // What is told needs more than the first picture.
    if (!this.#history.isWhole) return shown
    const missing = `The page has no ${selected.kind} ${selected.name}.`
    this.#details.replaceChildren(
      element('h3', {}, [shown?.heading ?? missing]),
      ...(shown === null ? [] : [shown.content]),
    )
    const lines = shown === null ? null : linesDuring(this.#logs?.lines ?? [], shown.span)
    if (lines !== null) this.#details.append(lines)
    return shown
  }

  /** What was in force and who led when the line was written. */
  #shownLine(name: string): Shown | null {
    const ms = this.#logs?.timeOf(...lineOf(name)) ?? null
    if (ms === null) return null
    const shown = detailsOf(this.#data, this.#history, { kind: 'at', name: String(ms) })
    return shown === null ? null : { ...shown, heading: `Line ${name} of the log, ${shown.heading}` }
  }

  /** A short thing is shown with its surroundings; what is in view stays where it is. */
  #goTo({ fromMs, toMs }: { fromMs: number; toMs: number }, laneId: string | null): void {
    const { from, to } = this.#view
    const length = Math.max(toMs - fromMs, this.#data.endMs / 1e5)
    const isSeen = fromMs >= from && toMs <= to && to - from < 50 * length
    if (isSeen) this.#timeline.reveal(laneId)
    else this.#timeline.show(fromMs - 3 * length, toMs + 3 * length, laneId)
  }

  #follow(): void {
    if (!location.hash.includes('=') && location.hash !== '') return
    // What was to be written belongs to the place that has been left.
    this.#stopWriting()
    const next = parseState(location.hash)
    if (formatState(next) === formatState(this.#state)) return
    if (next.span !== null) this.#view.show(next.span.fromMs, next.span.toMs)
    if (next.filter !== this.#state.filter && next.span !== null) {
      this.#filter.value = next.filter
      this.#setFilter(next.filter)
    }
    if (next.selected !== null) this.#select(next.selected, next.span === null)
    document.getElementById('timeline')?.scrollIntoView({ block: 'nearest' })
    this.#write()
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
      const next = formatState(this.#state)
      if (next !== location.hash && !(next === '#' && location.hash === ''))
        history.replaceState(null, '', next)
    }, 200)
  }
}
