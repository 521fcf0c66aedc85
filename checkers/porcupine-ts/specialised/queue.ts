/**
 * First-in-first-out queues whose values are all different, in n log n (Henzinger, Sezgin and Vafeiadis,
 * "Aspect-oriented linearizability proofs", CONCUR 2013, theorem 1). Such a history is linearizable if and only if
 * none of these is found:
 *
 * - a value comes out that was never put in, or whose put was called after it had come out;
 * - a value comes out twice;
 * - of two values put in one after the other, the second came out before the first one's take was called (a value
 *   that never came out counts as taken at the end of time);
 * - a take found the queue empty, while at each moment of it some value was certainly in.
 *
 * A put that never returned and whose value did not come out is left out: it need not have happened, or the value is
 * still in, behind all others. A take that never returned may have taken any value: the engine declines.
 */
import { sortedPositions } from '../history/sort.ts'
import type { SpecialResult } from '../model.ts'

const NONE = -1

/** Values by small numbers: which operation put each in, which took it out. */
export interface QueueLog {
  readonly call: Float64Array
  readonly return: Float64Array
  /** By value; NONE where there is none. */
  readonly put: Int32Array
  readonly take: Int32Array
  /** Takes that found nothing. */
  readonly empty: readonly number[]
}

/** When a value is certainly in the queue: after its put returned, before its take is called. */
interface Span {
  readonly values: readonly number[]
  readonly from: number
  readonly to: number
}

const illegal = (operations: readonly number[]): SpecialResult => ({
  verdict: 'illegal',
  witness: operations.filter((operation) => operation !== NONE).sort((a, b) => a - b),
})

const at = (column: Float64Array, operation: number): number => column[operation] as number

/** The call of its take; infinite for a value that stayed in. */
const takenFrom = (log: QueueLog, value: number): number => {
  const take = log.take[value] as number
  return take === NONE ? Number.POSITIVE_INFINITY : at(log.call, take)
}

const findStranger = (log: QueueLog): SpecialResult | null => {
  for (const [value, take] of log.take.entries()) {
    if (take === NONE) continue
    const put = log.put[value] as number
    if (put === NONE) return illegal([take])
    if (at(log.return, take) < at(log.call, put)) return illegal([put, take])
  }
  return null
}

/** A later value that came out before an earlier one. */
const findOvertaking = (log: QueueLog, values: readonly number[]): SpecialResult | null => {
  const putCall = Float64Array.from(values, (value) => at(log.call, log.put[value] as number))
  const putReturn = Float64Array.from(values, (value) => at(log.return, log.put[value] as number))
  const byReturn = sortedPositions(putReturn)
  let passed = 0
  let last = NONE
  for (const later of sortedPositions(putCall)) {
    const value = values[later] as number
    while (passed < byReturn.length && at(putReturn, byReturn[passed] as number) < at(putCall, later)) {
      const earlier = values[byReturn[passed++] as number] as number
      if (last === NONE || takenFrom(log, earlier) > takenFrom(log, last)) last = earlier
    }
    const take = log.take[value] as number
    if (last === NONE || take === NONE || at(log.return, take) >= takenFrom(log, last)) continue
    return illegal([log.put[last] as number, log.take[last] as number, log.put[value] as number, take])
  }
  return null
}

/** Spans that touch, joined: at each moment of one some value is in for certain. */
const joinSpans = (log: QueueLog, values: readonly number[]): readonly Span[] => {
  const from = Float64Array.from(values, (value) => at(log.return, log.put[value] as number))
  const spans: { values: number[]; from: number; to: number }[] = []
  for (const position of sortedPositions(from)) {
    const value = values[position] as number
    const start = at(from, position)
    const end = takenFrom(log, value)
    if (start >= end) continue
    const current = spans.at(-1)
    if (current !== undefined && start < current.to) {
      current.values.push(value)
      current.to = Math.max(current.to, end)
    } else spans.push({ values: [value], from: start, to: end })
  }
  return spans
}

const findNeverEmpty = (log: QueueLog, values: readonly number[]): SpecialResult | null => {
  if (log.empty.length === 0) return null
  const spans = joinSpans(log, values)
  const calls = Float64Array.from(log.empty, (take) => at(log.call, take))
  let passed = 0
  for (const position of sortedPositions(calls)) {
    const take = log.empty[position] as number
    while (passed < spans.length && (spans[passed] as Span).from < at(log.call, take)) passed++
    const around = spans[passed - 1]
    if (around === undefined || around.to <= at(log.return, take)) continue
    const others = around.values.flatMap((value) => [log.put[value] as number, log.take[value] as number])
    return illegal([take, ...others])
  }
  return null
}

export const checkQueue = (log: QueueLog): SpecialResult => {
  const values: number[] = []
  for (const [value, put] of log.put.entries()) {
    const happened =
      put !== NONE && (at(log.return, put) < Number.POSITIVE_INFINITY || log.take[value] !== NONE)
    if (happened) values.push(value)
  }
  return findStranger(log) ?? findOvertaking(log, values) ?? findNeverEmpty(log, values) ?? { verdict: 'ok' }
}
