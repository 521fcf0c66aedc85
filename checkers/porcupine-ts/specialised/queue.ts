/**
 * First-in-first-out queues whose values are all different, in n log n (Henzinger, Sezgin and Vafeiadis,
 * "Aspect-oriented linearizability proofs", CONCUR 2013, theorem 1). Such a history is linearizable if and only if
 * none of these is found:
 *
 * - a value comes out that was never put in, or whose put was called after it had come out;
 * - a value comes out twice;
 * - of two values that were put in one after the other, the second came out before the take of the first was called (a
 *   value that never came out counts as taken at the end of time);
 * - a take found the queue empty, although some value was certainly in at each moment of the take.
 *
 * For a pool (any value may come out) the same holds without the third.
 */
import { sortedPositions } from '../history/sort.ts'
import type { SpecialResult } from '../model.ts'
import {
  allValues,
  at,
  certainSpans,
  findNeverEmpty,
  findStranger,
  illegal,
  NONE,
  operationsOn,
  putCall,
  putReturn,
  takeCall,
  takeReturn,
  timesOf,
  type ValueLog,
} from './value-log.ts'

/** A later value that came out before an earlier one. */
const findOvertaking = (log: ValueLog, values: readonly number[]): SpecialResult | null => {
  const calls = timesOf(log, values, putCall)
  const returns = timesOf(log, values, putReturn)
  const byReturn = sortedPositions(returns)
  let passed = 0
  let last = NONE
  for (const later of sortedPositions(calls)) {
    const value = values[later] as number
    while (passed < byReturn.length && at(returns, byReturn[passed] as number) < at(calls, later)) {
      const earlier = values[byReturn[passed++] as number] as number
      if (last === NONE || takeCall(log, earlier) > takeCall(log, last)) last = earlier
    }
    if (last === NONE || log.take[value] === NONE || takeReturn(log, value) >= takeCall(log, last)) continue
    return illegal(operationsOn(log, [last, value]))
  }
  return null
}

export const checkQueue = (log: ValueLog): SpecialResult => {
  const stranger = findStranger(log)
  if (stranger !== null) return stranger
  const values = allValues(log)
  return findOvertaking(log, values) ?? findNeverEmpty(log, certainSpans(log, values)) ?? { verdict: 'ok' }
}

export const checkPool = (log: ValueLog): SpecialResult =>
  findStranger(log) ?? findNeverEmpty(log, certainSpans(log, allValues(log))) ?? { verdict: 'ok' }
