/**
 * Priority queues whose values are all different (the smallest comes out first), in n log n; after Gibbons, Bruno and
 * Phillips ("Black-box correctness tests for basic parallel data structures", SPAA 2002) and Lee and Mathur (OOPSLA
 * 2025). A value may come out at a moment when no smaller one is in the queue; larger ones do not matter. So each take
 * needs a moment, not before the call of its put, at which no smaller value is certainly in. A take that found the queue
 * empty needs a moment at which no value is certainly in. Any other value that is in at that moment has an open put or
 * take, which can be moved to another moment. A value that must wait for smaller ones is in for longer, but only while
 * those are in as well.
 */
import { sortedPositions } from '../history/sort.ts'
import type { SpecialResult } from '../model.ts'
import { declined } from './declined.ts'
import {
  at,
  certainSpans,
  declineOpen,
  findStranger,
  illegal,
  NONE,
  operationsOn,
  putCall,
  putReturn,
  takeCall,
  takeReturn,
  type ValueLog,
} from './value-log.ts'

/** Moments and the gaps between them, numbered in order (moment i is 2i), and which of them are free. */
class Calendar {
  readonly #moments: Float64Array
  /** For each number one that is closer to the next free one; for a free one, itself. */
  readonly #next: Int32Array

  constructor(times: Float64Array) {
    const sorted = Array.from(sortedPositions(times), (position) => at(times, position))
    this.#moments = Float64Array.from(sorted.filter((time, i) => i === 0 || time !== sorted[i - 1]))
    this.#next = Int32Array.from({ length: 2 * this.#moments.length + 1 }, (_, i) => i)
  }

  /** The first free moment from a known one on. */
  firstFree(time: number): number {
    const free = this.#find(2 * this.#numberOf(time))
    return this.#moments[free >> 1] ?? Number.POSITIVE_INFINITY
  }

  /** Everything between two known moments, excluding these, is no longer free. */
  occupy(from: number, to: number): void {
    const end = 2 * this.#numberOf(to)
    for (let i = this.#find(2 * this.#numberOf(from) + 1); i < end; i = this.#find(i)) this.#next[i] = i + 1
  }

  #find(number: number): number {
    let root = number
    while (this.#next[root] !== root) root = this.#next[root] as number
    for (let i = number; i !== root; ) {
      const after = this.#next[i] as number
      this.#next[i] = root
      i = after
    }
    return root
  }

  #numberOf(time: number): number {
    let low = 0
    let high = this.#moments.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (at(this.#moments, middle) >= time) high = middle
      else low = middle + 1
    }
    return low
  }
}

const timesOf = (log: ValueLog): Float64Array =>
  Float64Array.from([
    ...log.values.flatMap((_, value) => [putReturn(log, value), putCall(log, value), takeCall(log, value)]),
    ...log.empty.map((take) => at(log.call, take)),
  ])

/** Values that together keep the queue from being empty around this moment. */
const inAround = (log: ValueLog, values: readonly number[], time: number): readonly number[] => {
  const around = certainSpans(log, values).find(({ from, to }) => from < time && time < to)
  return operationsOn(log, around?.values ?? [])
}

export const checkPriorityQueue = (log: ValueLog): SpecialResult => {
  const numbers = log.values.filter((value) => typeof value === 'number')
  if (numbers.length < log.values.length) return declined('a value is not a number')
  const early = declineOpen(log) ?? findStranger(log)
  if (early !== null) return early
  const calendar = new Calendar(timesOf(log))
  const smaller: number[] = []
  for (const value of sortedPositions(Float64Array.from(numbers))) {
    const earliest = Math.max(putCall(log, value), takeCall(log, value))
    if (log.take[value] !== NONE && calendar.firstFree(earliest) > takeReturn(log, value))
      return illegal([...operationsOn(log, [value]), ...inAround(log, smaller, earliest)])
    if (putReturn(log, value) < takeCall(log, value))
      calendar.occupy(putReturn(log, value), takeCall(log, value))
    smaller.push(value)
  }
  const never = log.empty.find((take) => calendar.firstFree(at(log.call, take)) > at(log.return, take))
  if (never === undefined) return { verdict: 'ok' }
  return illegal([never, ...inAround(log, smaller, at(log.call, never))])
}
