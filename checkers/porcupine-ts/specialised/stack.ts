/**
 * Stacks whose values are all different, in n log n: decrease and conquer, as in Lee and Mathur ("Efficient
 * decrease-and-conquer linearizability monitoring", OOPSLA 2025) and Abdulla et al. ("Efficient linearizability
 * monitoring", PLDI 2025), with our own argument:
 *
 * - If the put and the take of a value overlap, they can take effect together at one moment and affect no other value.
 *   Only values that are certainly in for a while matter.
 * - At a moment when no value is certainly in, the stack can be taken as empty. Any value that is in has an open put,
 *   which can be moved after that moment, or an open take, which can be moved before it. So the spans between such
 *   moments are independent, and a take that found the stack empty needs such a moment.
 * - Within a span some value is always in, so one value is at the bottom all the time. Its put must be called by the
 *   first return of a put in the span, and its take must not return before the last call of a take. Any value with these
 *   properties can be the bottom: the others keep their order on top of it. Without it, the rest falls into spans again.
 *
 * The witness is a span without such a value.
 */
import { float64, int32 } from '../history/allocate.ts'
import { sortedPositions } from '../history/sort.ts'
import type { SpecialResult } from '../model.ts'
import { CoverTree, MaxTree } from './segment-trees.ts'
import {
  allValues,
  certainSpans,
  declineOpen,
  findNeverEmpty,
  findStranger,
  illegal,
  operationsOn,
  putCall,
  putReturn,
  takeCall,
  takeReturn,
  timesOf,
  type ValueLog,
} from './value-log.ts'

/** Moments and the stretches between them, numbered in order: moment i is 2i, the stretch after it 2i + 1. */
interface Axis {
  readonly moments: Float64Array
  /** The first and the last stretch in which each value is in; both numbers are odd. */
  readonly first: Int32Array
  readonly last: Int32Array
}

const makeAxis = (from: Float64Array, to: Float64Array): Axis => {
  const count = from.length
  const times = float64(2 * count)
  times.set(from)
  times.set(to, count)
  const first = int32(count)
  const last = int32(count)
  const moments: number[] = []
  for (const position of sortedPositions(times)) {
    const time = times[position] as number
    if (moments.length === 0 || moments[moments.length - 1] !== time) moments.push(time)
    const stretch = 2 * (moments.length - 1)
    if (position < count) first[position] = stretch + 1
    else last[position - count] = stretch - 1
  }
  return { moments: Float64Array.from(moments), first, last }
}

/** Splits spans by removing one bottom value after another. Values are numbered in order of the returns of their puts. */
class Unstacking {
  readonly #axis: Axis
  readonly #cover: CoverTree
  /** For values whose put was called after the start of their span: the negated call. */
  readonly #late: MaxTree
  /** For the others: the return of the take. */
  readonly #bottoms: MaxTree
  readonly #takeReturn: Float64Array

  constructor(axis: Axis, putCalls: Float64Array, takeReturns: Float64Array) {
    this.#axis = axis
    this.#cover = new CoverTree(Math.max(1, 2 * axis.moments.length - 1))
    this.#late = new MaxTree(putCalls.map((call) => -call))
    this.#bottoms = new MaxTree(float64(putCalls.length).fill(Number.NEGATIVE_INFINITY))
    this.#takeReturn = takeReturns
    for (let i = 0; i < putCalls.length; i++)
      this.#cover.add(axis.first[i] as number, axis.last[i] as number, 1)
  }

  /** The values of a span without a bottom, or null. */
  run(): readonly number[] | null {
    const spans: (readonly [from: number, to: number])[] = []
    const split = (from: number, to: number): void => {
      let start = from
      for (let gap = this.#cover.takeUncovered(start, to); ; gap = this.#cover.takeUncovered(start, to)) {
        if (gap > start) spans.push([start, gap - 1])
        if (gap > to) return
        start = gap + 1
      }
    }
    split(0, 2 * this.#axis.moments.length - 2)
    for (let span = spans.pop(); span !== undefined; span = spans.pop()) {
      const [from, to] = span
      const [begin, end] = [this.#firstFrom(from), this.#firstFrom(to + 1)]
      const value = this.#bottomOf(span, begin, end)
      if (value === null) return this.#left(begin, end)
      this.#bottoms.set(value, Number.NEGATIVE_INFINITY)
      this.#cover.add(this.#axis.first[value] as number, this.#axis.last[value] as number, -1)
      split(from, to)
    }
    return null
  }

  #bottomOf([from, to]: readonly [number, number], begin: number, end: number): number | null {
    const opening = this.#axis.moments[(from - 1) >> 1] as number
    const closing = this.#axis.moments[(to + 1) >> 1] as number
    for (;;) {
      const early = this.#late.argmax(begin, end)
      if (-this.#late.get(early) > opening) break
      this.#late.set(early, Number.NEGATIVE_INFINITY)
      this.#bottoms.set(early, this.#takeReturn[early] as number)
    }
    const value = this.#bottoms.argmax(begin, end)
    return this.#bottoms.get(value) >= closing ? value : null
  }

  /** The first value that begins at this stretch or later. */
  #firstFrom(stretch: number): number {
    const { first } = this.#axis
    let low = 0
    let high = first.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((first[middle] as number) >= stretch) high = middle
      else low = middle + 1
    }
    return low
  }

  #left(begin: number, end: number): readonly number[] {
    const values: number[] = []
    for (let value = begin; value < end; value++) {
      const isLeft =
        this.#late.get(value) !== Number.NEGATIVE_INFINITY ||
        this.#bottoms.get(value) !== Number.NEGATIVE_INFINITY
      if (isLeft) values.push(value)
    }
    return values
  }
}

const findWithoutBottom = (log: ValueLog, values: readonly number[]): SpecialResult | null => {
  const lasting = values.filter((value) => putReturn(log, value) < takeCall(log, value))
  const order = sortedPositions(timesOf(log, lasting, putReturn))
  const sorted = Array.from(order, (position) => lasting[position] as number)
  const column = (time: (log: ValueLog, value: number) => number): Float64Array => timesOf(log, sorted, time)
  const axis = makeAxis(column(putReturn), column(takeCall))
  const stuck = new Unstacking(axis, column(putCall), column(takeReturn)).run()
  if (stuck === null) return null
  return illegal(
    operationsOn(
      log,
      stuck.map((i) => sorted[i] as number),
    ),
  )
}

export const checkStack = (log: ValueLog): SpecialResult => {
  const early = declineOpen(log) ?? findStranger(log)
  if (early !== null) return early
  const values = allValues(log)
  return findNeverEmpty(log, certainSpans(log, values)) ?? findWithoutBottom(log, values) ?? { verdict: 'ok' }
}
