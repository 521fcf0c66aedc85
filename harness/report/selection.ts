/**
 * Which operations a page holds if a history has more than it can: those around the evidence in full, or the end of the run
 * if there is none. Of the others, how many of each outcome began in each part of the run.
 */
import type { Pair, Sequence } from '../api/history.ts'
import { NS_PER_MS } from '../support/time.ts'
import { OUTCOMES } from './operations.ts'

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

const densitiesOf = (
  omitted: readonly Pair[],
  endMs: number,
  rowCount: number,
  rowOf: (pair: Pair) => number,
): Densities => {
  const parts = partsFor(rowCount)
  const partMs = endMs / parts
  const counts = new Array<number>(rowCount * parts * OUTCOMES.length).fill(0)
  for (const pair of omitted) {
    const part = Math.min(parts - 1, Math.floor(pair.invocation.timeNs / NS_PER_MS / partMs))
    const outcome = OUTCOMES.indexOf((pair.completion?.type ?? 'info') as (typeof OUTCOMES)[number])
    const at = (rowOf(pair) * parts + part) * OUTCOMES.length + outcome
    counts[at] = (counts[at] as number) + 1
  }
  return { count: omitted.length, partMs, counts, parts }
}

export interface Selection {
  readonly shown: Sequence<Pair>
  /** Null: all operations are shown. */
  readonly densities: Densities | null
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
  { endMs, rowCount, rowOf }: { endMs: number; rowCount: number; rowOf: (pair: Pair) => number },
): Selection => {
  if (pairs.length <= most) return { shown: pairs, densities: null }
  const places = focus.slice(0, MAX_WINDOWS).map((index) => placeOf(pairs, index))
  const windows = around(places.length === 0 ? [pairs.length - 1] : places, pairs.length, most)
  const isShown = (place: number): boolean => windows.some(({ from, to }) => place >= from && place < to)
  const omitted = pairs.filter((_, place) => !isShown(place))
  return {
    shown: windows.flatMap(({ from, to }) => pairs.slice(from, to)),
    densities: densitiesOf(omitted, endMs, rowCount, rowOf),
  }
}
