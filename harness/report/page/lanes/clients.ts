/**
 * The lanes of clients. From near, each operation: acknowledged ones are filled, failed ones are low, those in doubt are
 * open. From far away, how many of each outcome begin in a pixel.
 */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import { Spans } from '../../../../checkers/porcupine-ts/timeline/spans.ts'
import { visible } from '../../../support/visible.ts'
import type { ReportData } from '../../data.ts'
import { OUTCOMES } from '../../operations.ts'
import type { Matches } from '../filter.ts'
import type { History } from '../history.ts'
import { exactTime } from '../times.ts'
import { paintLabel } from './points.ts'

const HEIGHT = 18
/** So many operations in a pixel have the full colour. */
const DENSE = 12
/** A frame reaches so far beyond what it surrounds, in pixels. */
const FRAME = 6

/** What is marked on the lanes of clients. */
export interface Marks {
  /** Places of the operations of evidence. */
  readonly evidence: ReadonlySet<number>
  /** The place of the selected operation. */
  selected: number | null
}

export const clientLaneId = (row: number): string => `client ${row}`

const operationText = (history: History, place: number): string => {
  const end = history.endMs[place] as number
  const until = Number.isFinite(end) ? exactTime(end) : 'never'
  const error = history.error(place)
  const doubt = history.isInDoubt(place) ? ' (in doubt: it may have happened)' : ''
  return `${history.outcome(place)}${doubt}  ${history.label(place)}${error === '' ? '' : `\n${error}`}\n${exactTime(history.startMs[place] as number)} to ${until}, process ${history.process(place)}`
}

/** Loops, since a million calls of a function are felt. */
const spansOf = (history: History, places: Uint32Array): Spans => {
  const starts = new Float64Array(places.length)
  const ends = new Float64Array(places.length)
  const kinds = new Uint8Array(places.length)
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number
    starts[i] = history.startMs[place] as number
    // An operation in doubt stays open: it may take effect at any later time.
    ends[i] = history.isInDoubt(place) ? Number.POSITIVE_INFINITY : (history.endMs[place] as number)
    kinds[i] = history.outcomeNumber(place)
  }
  return new Spans(starts, ends, kinds, OUTCOMES.length)
}

/** For each row of clients, the places of its operations that are shown. */
const placesByRow = (rows: number, history: History, matches: Matches | null): readonly Uint32Array[] => {
  const counts = new Uint32Array(rows)
  for (let place = 0; place < history.count; place++) {
    if (matches !== null && matches.passes[place] === 0) continue
    const row = history.row(place)
    counts[row] = (counts[row] as number) + 1
  }
  const places = Array.from(counts, (count) => new Uint32Array(count))
  const filled = new Uint32Array(rows)
  for (let place = 0; place < history.count; place++) {
    if (matches !== null && matches.passes[place] === 0) continue
    const row = history.row(place)
    const at = filled[row] as number
    filled[row] = at + 1
    const own = places[row] as Uint32Array
    own[at] = place
  }
  return places
}

class ClientLane implements Lane {
  readonly id: string
  readonly label: string
  readonly group = 'clients'
  readonly height = HEIGHT
  readonly #history: History
  readonly #places: Uint32Array
  readonly #spans: Spans
  readonly #marks: Marks
  /** Places of this lane's operations of the evidence. */
  readonly #evidence: readonly number[]
  readonly #row: number
  readonly #omitted: ReportData['omitted']
  readonly #matches: Matches | null

  constructor(
    { rows, omitted }: Pick<ReportData, 'rows' | 'omitted'>,
    history: History,
    row: number,
    places: Uint32Array,
    marks: Marks,
    matches: Matches | null,
  ) {
    this.id = clientLaneId(row)
    this.label = visible(rows[row] ?? this.id)
    this.#history = history
    this.#places = places
    this.#marks = marks
    this.#matches = matches
    this.#row = row
    this.#evidence = [...marks.evidence].filter((place) => this.#isDrawn(place))
    this.#omitted = omitted
    this.#spans = spansOf(history, places)
  }

  /** Whether the operation is on this lane and passes the filter: a frame around nothing would be taken for an operation. */
  #isDrawn(place: number): boolean {
    return this.#history.row(place) === this.#row && this.#matches?.passes[place] !== 0
  }

  paint(painting: Painting, y: number): void {
    this.#paintOmitted(painting, y)
    this.#spans.paint(painting.view, {
      single: (i, x, width) => this.#paintSingle(painting, this.#places[i] as number, x, y, width),
      dense: (x, width, counts) => this.#paintDense(painting, x, y, width, counts),
    })
    this.#paintMarks(painting, y)
  }

  #paintSingle({ context, colour }: Painting, place: number, x: number, y: number, width: number): void {
    const outcome = this.#history.outcome(place)
    context.fillStyle = colour(outcome)
    if (outcome === 'ok') context.fillRect(x, y + 2, width, HEIGHT - 5)
    else if (outcome === 'fail') context.fillRect(x, y + HEIGHT - 8, width, 5)
    else {
      // Open: an edge where it begins, and a line for as long as it may still happen.
      context.fillRect(x, y + 2, 2.5, HEIGHT - 5)
      context.fillRect(x, y + 2, width, 1.5)
      context.fillRect(x, y + HEIGHT - 4.5, width, 1.5)
    }
    if (width < 24 || !this.#history.isWhole) return
    const fill = outcome === 'ok' ? colour('on-bar') : colour('fg')
    paintLabel(context, this.#history.label(place), { x, y, width, height: HEIGHT }, fill)
  }

  #paintDense({ context, colour }: Painting, x: number, y: number, width: number, counts: readonly number[]) {
    const total = counts.reduce((sum, count) => sum + count, 0)
    context.globalAlpha = 0.35 + 0.65 * Math.min(1, total / DENSE)
    let bottom = y + HEIGHT - 3
    for (const [kind, outcome] of OUTCOMES.entries()) {
      const count = counts[kind] as number
      if (count === 0) continue
      // A single failure among many is still seen.
      const height = Math.max(2, ((HEIGHT - 5) * count) / total)
      context.fillStyle = colour(outcome)
      context.fillRect(x, Math.max(y + 2, bottom - height), width, Math.min(height, bottom - y - 2))
      bottom -= height
    }
    context.globalAlpha = 1
  }

  /** Operations that the page does not hold, by parts of the run. */
  #paintOmitted(painting: Painting, y: number): void {
    if (this.#omitted === null) return
    const { view } = painting
    const { partMs, parts, counts } = this.#omitted
    const first = Math.max(0, Math.floor(view.from / partMs))
    const last = Math.min(parts - 1, Math.ceil(view.to / partMs))
    for (let part = first; part <= last; part++) {
      const at = (this.#row * parts + part) * OUTCOMES.length
      const own = counts.slice(at, at + OUTCOMES.length)
      if (own.every((count) => count === 0)) continue
      const x = view.x(part * partMs)
      this.#paintDense(painting, x, y, view.x((part + 1) * partMs) - x, own)
    }
  }

  /** Evidence is seen from any distance. */
  #paintMarks(painting: Painting, y: number): void {
    const { selected } = this.#marks
    for (const place of this.#evidence) this.#paintFrame(painting, place, y, 'focus')
    if (selected !== null && this.#isDrawn(selected)) this.#paintFrame(painting, selected, y, 'fg')
  }

  #paintFrame({ context, view, colour }: Painting, place: number, y: number, name: string): void {
    const ink = colour(name)
    const x = view.x(this.#history.startMs[place] as number)
    const end = Math.min(view.width, view.x(this.#history.endMs[place] as number))
    if (x > view.width + FRAME || end < -FRAME) return
    const left = Math.max(-FRAME, x - 1)
    context.strokeStyle = ink
    context.lineWidth = 2
    context.strokeRect(left, y + 1, Math.max(4, end + 1 - left), HEIGHT - 3)
    context.fillStyle = ink
    context.beginPath()
    context.moveTo(x - 5, y - 1)
    context.lineTo(x + 5, y - 1)
    context.lineTo(x, y + 5)
    context.fill()
  }

  #hit(i: number): Hit {
    const place = this.#places[i] as number
    return {
      address: `op=${this.#history.index[place]}`,
      text: operationText(this.#history, place),
      from: this.#history.startMs[place] as number,
      to: Math.min(this.#history.endMs[place] as number, this.#spans.endAt(i)),
    }
  }

  at(time: number, slack: number): Hit | null {
    const i = this.#spans.at(time, slack)
    return i === null ? null : this.#hit(i)
  }

  next(time: number, direction: 1 | -1): Hit | null {
    const i = this.#spans.next(time, direction)
    return i === null ? null : this.#hit(i)
  }
}

/** A line from an operation in doubt to the later answer that proves that it took effect. */
export const paintProof = (
  history: History,
  place: number,
  { context, view, colour }: Painting,
  yOf: (laneId: string) => number | null,
): void => {
  const proof = history.proof(place)
  if (proof === null) return
  const [from, to] = [yOf(clientLaneId(history.row(place))), yOf(clientLaneId(history.row(proof)))]
  if (from === null || to === null) return
  const [x, end] = [view.x(history.startMs[place] as number), view.x(history.endMs[proof] as number)]
  context.strokeStyle = colour('info')
  context.lineWidth = 1.5
  context.setLineDash([5, 3])
  context.beginPath()
  context.moveTo(x, from + HEIGHT / 2)
  context.lineTo(end, to + HEIGHT / 2)
  context.stroke()
  context.setLineDash([])
}

/** @param matches the operations that are drawn; null: all */
export const clientLanes = (
  data: ReportData,
  history: History,
  marks: Marks,
  matches: Matches | null,
): readonly Lane[] => {
  // Whether those that the page does not hold match is not known.
  const shown = matches === null ? data : { rows: data.rows, omitted: null }
  return placesByRow(data.rows.length, history, matches).flatMap((own, row) =>
    matches !== null && own.length === 0 ? [] : [new ClientLane(shown, history, row, own, marks, matches)],
  )
}
