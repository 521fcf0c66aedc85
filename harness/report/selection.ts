/**
 * Which operations a page holds if a history has more than it can: those around the evidence in full, or the end of the run
 * if there is none. Of the others, how many of each outcome began in each part of the run.
 */
import type { Pair, Sequence } from '../api/history.ts'
import { NS_PER_MS } from '../support/time.ts'
import { OUTCOMES, type Outcome } from './operations.ts'
import { type Overview, OverviewFold } from './overview.ts'

/** Places of operations, from `from` up to `to` without it. */
interface Window {
  readonly from: number
  readonly to: number
}

/** Operations that a page does not hold, in parts of equal length. */
export interface Densities {
  readonly count: number
  readonly partMs: number
  /** For each row of clients, each part and each outcome: how many began. */
  readonly counts: readonly number[]
  readonly parts: number
}

/** As many parts as there are pixels, and fewer where there are so many rows that the page would grow by them. */
const PARTS = 1000
const FEWEST_PARTS = 20
const MOST_COUNTS = 600_000

const partsFor = (rowCount: number): number =>
  Math.min(PARTS, Math.max(FEWEST_PARTS, Math.floor(MOST_COUNTS / (rowCount * OUTCOMES.length))))

const merged = (windows: readonly Window[]): readonly Window[] => {
  const sorted = windows.toSorted((a, b) => a.from - b.from)
  const all: Window[] = []
  for (const window of sorted) {
    const last = all.at(-1)
    if (last === undefined || window.from > last.to) all.push(window)
    else all[all.length - 1] = { from: last.from, to: Math.max(last.to, window.to) }
  }
  return all
}

/** The windows around the places, each as long as there is room for. */
const around = (places: readonly number[], count: number, most: number): readonly Window[] => {
  const each = Math.max(2, Math.floor(most / places.length))
  return merged(
    places.map((place) => {
      const from = Math.max(0, Math.min(place - (each >> 1), count - each))
      return { from, to: Math.min(count, from + each) }
    }),
  )
}

/** The place of the first operation that was invoked at that index of the history or later. */
const placeOf = (pairs: Sequence<Pair>, index: number): number => {
  let low = 0
  let high = pairs.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((pairs.at(middle) as Pair).invocation.index < index) low = middle + 1
    else high = middle
  }
  return Math.min(low, pairs.length - 1)
}

interface Rows {
  /** The end of the run. */
  readonly endMs: number
  readonly rowCount: number
  readonly rowOf: (pair: Pair) => number
}

/** Takes the operations that are left out. */
class DensitiesFold {
  readonly #rows: Rows
  readonly #parts: number
  readonly #partMs: number
  readonly #counts: Uint32Array
  #count = 0

  constructor(rows: Rows) {
    this.#rows = rows
    this.#parts = partsFor(rows.rowCount)
    this.#partMs = rows.endMs / this.#parts
    this.#counts = new Uint32Array(rows.rowCount * this.#parts * OUTCOMES.length)
  }

  take(pair: Pair): void {
    const part = Math.min(this.#parts - 1, Math.floor(pair.invocation.timeNs / NS_PER_MS / this.#partMs))
    const outcome = OUTCOMES.indexOf((pair.completion?.type ?? 'info') as Outcome)
    this.#counts[(this.#rows.rowOf(pair) * this.#parts + part) * OUTCOMES.length + outcome]!++
    this.#count++
  }

  result(): Densities {
    return { count: this.#count, partMs: this.#partMs, counts: [...this.#counts], parts: this.#parts }
  }
}

export interface Selection {
  readonly shown: Sequence<Pair>
  /** Null: all operations are shown. */
  readonly rest: { readonly densities: Densities; readonly overview: Overview } | null
}

/** At most this many pieces of evidence get a window: more would make each too short to read. */
const MAX_WINDOWS = 50

/**
 * @param focus indices of the operations in the evidence, the most important first; none: the end of the run
 * @param most operations that a page can hold
 */
export const select = (
  pairs: Sequence<Pair>,
  focus: readonly number[],
  most: number,
  rows: Rows,
): Selection => {
  if (pairs.length <= most) return { shown: pairs, rest: null }
  const places = focus.slice(0, MAX_WINDOWS).map((index) => placeOf(pairs, index))
  const windows = around(places.length === 0 ? [pairs.length - 1] : places, pairs.length, most)
  // In one pass, and nothing of it is kept: there may be millions.
  const [densities, overview] = [new DensitiesFold(rows), new OverviewFold(rows.endMs)]
  let next = 0
  for (const [place, pair] of pairs.entries()) {
    overview.take(pair)
    while (place >= (windows[next]?.to ?? Number.POSITIVE_INFINITY)) next++
    if (place < (windows[next]?.from ?? Number.POSITIVE_INFINITY)) densities.take(pair)
  }
  return {
    shown: windows.flatMap(({ from, to }) => pairs.slice(from, to)),
    rest: { densities: densities.result(), overview: overview.result() },
  }
}
