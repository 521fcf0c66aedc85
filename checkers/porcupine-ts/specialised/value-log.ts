/**
 * Containers whose values are all different: the input of the engines for queues, stacks, priority queues and pools, and
 * what holds for all of them. A value is certainly in from the return of its put to the call of its take.
 *
 * A put that never returned may take effect arbitrarily late. A take that never returned may have taken any value; only
 * the engine for queues and pools handles these.
 */
import { float64 } from '../history/allocate.ts'
import { sortedPositions } from '../history/sort.ts'
import type { SpecialResult } from '../model.ts'
import type { Scalar } from '../models/calls.ts'
import { declined } from './declined.ts'

export const NONE = -1

/** Values as small numbers, with the operations that put each in and took it out. */
export interface ValueLog {
  readonly call: Float64Array
  /** Infinity: it never returned. */
  readonly return: Float64Array
  /** By value; NONE if there is none. */
  readonly put: Int32Array
  readonly take: Int32Array
  /** Takes that found nothing. */
  readonly empty: readonly number[]
  /** Takes that never returned, in the order of their calls. */
  readonly open: readonly number[]
  /**
   * By value, a take of it that had not returned by the end of the log and may not have happened by then; NONE if there is
   * none. Null: there is none at all.
   */
  readonly unreturned: Int32Array | null
  /** The values themselves. */
  readonly values: readonly Scalar[]
}

export const illegal = (operations: readonly number[]): SpecialResult => ({
  verdict: 'illegal',
  witness: operations.filter((operation) => operation !== NONE).sort((a, b) => a - b),
})

export const at = (column: Float64Array, position: number): number => column[position] as number

/** The answer of an engine that does not handle takes that never returned; null if there are none. */
export const declineOpen = ({ open, unreturned }: ValueLog): SpecialResult | null => {
  if (unreturned !== null) return declined('a take of a known value had not returned')
  return open.length === 0 ? null : declined('a take never returned: what it took is unknown')
}

/** The put and the take of each value. */
export const operationsOn = (log: ValueLog, values: readonly number[]): readonly number[] =>
  values.flatMap((value) => [log.put[value] as number, log.take[value] as number])

/** A time for each value. `Float64Array.from` with a function is ten times slower. */
export const timesOf = (
  log: ValueLog,
  values: readonly number[],
  time: (log: ValueLog, value: number) => number,
): Float64Array => {
  const times = float64(values.length)
  for (let i = 0; i < values.length; i++) times[i] = time(log, values[i] as number)
  return times
}

export const putReturn = (log: ValueLog, value: number): number => at(log.return, log.put[value] as number)

export const putCall = (log: ValueLog, value: number): number => at(log.call, log.put[value] as number)

/** The call of the value's take; infinite for a value that stayed in. */
export const takeCall = (log: ValueLog, value: number): number => {
  const take = log.take[value] as number
  return take === NONE ? Number.POSITIVE_INFINITY : at(log.call, take)
}

export const takeReturn = (log: ValueLog, value: number): number => {
  const take = log.take[value] as number
  return take === NONE ? Number.POSITIVE_INFINITY : at(log.return, take)
}

/** A value that came out and was never put in, or whose put was called after it had come out. */
export const findStranger = (log: ValueLog): SpecialResult | null => {
  for (const [value, take] of log.take.entries()) {
    if (take === NONE) continue
    if (log.put[value] === NONE) return illegal([take])
    if (takeReturn(log, value) < putCall(log, value)) return illegal(operationsOn(log, [value]))
  }
  return null
}

/** At each moment between `from` and `to`, exclusive, some value is in; not always the same one. */
export interface Span {
  readonly values: readonly number[]
  readonly from: number
  readonly to: number
}

/** The spans during which one of these values is certainly in, in order. Two that meet at one moment stay separate. */
export const certainSpans = (log: ValueLog, values: readonly number[]): readonly Span[] => {
  const spans: { values: number[]; from: number; to: number }[] = []
  for (const position of sortedPositions(timesOf(log, values, putReturn))) {
    const value = values[position] as number
    const [start, end] = [putReturn(log, value), takeCall(log, value)]
    if (start >= end) continue
    const current = spans.at(-1)
    if (current !== undefined && start < current.to) {
      current.values.push(value)
      current.to = Math.max(current.to, end)
    } else spans.push({ values: [value], from: start, to: end })
  }
  return spans
}

/** All values, by their numbers. */
export const allValues = ({ values }: ValueLog): readonly number[] => values.map((_, value) => value)

/** A take that found the container empty, although some value was in at each moment of the take. */
export const findNeverEmpty = (log: ValueLog, spans: readonly Span[]): SpecialResult | null => {
  const calls = Float64Array.from(log.empty, (take) => at(log.call, take))
  let passed = 0
  for (const position of sortedPositions(calls)) {
    const take = log.empty[position] as number
    while (passed < spans.length && (spans[passed] as Span).from < at(log.call, take)) passed++
    const around = spans[passed - 1]
    if (around === undefined || around.to <= at(log.return, take)) continue
    return illegal([take, ...operationsOn(log, around.values)])
  }
  return null
}
