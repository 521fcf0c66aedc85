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
 *
 * A take that never returned may have taken any value that was not seen to come out, or none. A value must come out by
 * the return of the first take of a value that was put in after it, and before any moment at which the queue is empty.
 * So the sooner the put of a value returned, the sooner the value must come out, and any open take that was called by
 * then will do. Therefore nothing is lost if the values get the open takes in order: the first the first, and so on.
 * Values whose put is open come last: they need none, since the put may not have happened.
 *
 * In a prefix, a take whose later answer is known may be open too. It took that value, or did not happen yet. Without
 * takes of unknown values, nothing is lost if it took the value as soon as it was called. With them, it may matter which
 * of the two took the value. Then two guesses are tried: that all known takes happened, and that none did. If neither
 * explains the history, and the other values are in disorder even without these, it is illegal. Otherwise the engine
 * declines.
 */
import { sortedPositions } from '../history/sort.ts'
import type { SpecialResult } from '../model.ts'
import { declined } from './declined.ts'
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

/** The values that were put in and not seen to come out, in the order in which their puts returned. */
const leftIn = (log: ValueLog): readonly number[] => {
  const values = allValues(log).filter((value) => log.take[value] === NONE)
  return Array.from(
    sortedPositions(timesOf(log, values, putReturn)),
    (position) => values[position] as number,
  )
}

/** The log in which the first of these values came out by the open takes. */
const takenInOrder = (log: ValueLog, left: readonly number[]): ValueLog => {
  const take = Int32Array.from(log.take)
  for (const [i, open] of log.open.slice(0, left.length).entries()) take[left[i] as number] = open
  return { ...log, take }
}

/**
 * A witness with what it leaves open: the values that must have come out before those in it, and all open takes that could
 * have taken any of them. Without these, a prefix of the witness could be illegal although that of the history is not.
 */
const withOpen = (log: ValueLog, left: readonly number[], result: SpecialResult): SpecialResult => {
  if (result.verdict !== 'illegal' || log.open.length === 0) return result
  const witness = new Set(result.witness)
  const last = left.findLastIndex((value) => witness.has(log.put[value] as number))
  const end = result.witness.reduce((latest, operation) => {
    const returned = at(log.return, operation)
    return returned < Number.POSITIVE_INFINITY ? Math.max(latest, returned) : latest
  }, Number.NEGATIVE_INFINITY)
  const open = log.open.filter((take) => at(log.call, take) <= end)
  return illegal([...witness.union(new Set([...operationsOn(log, left.slice(0, last + 1)), ...open]))])
}

type Find = (log: ValueLog, values: readonly number[]) => SpecialResult | null

/** Decides a log in which every take of a known value happened. */
const checkTaken = (log: ValueLog, find: Find): SpecialResult => {
  const left = leftIn(log)
  const taken = takenInOrder(log, left)
  const result = find(taken, allValues(taken))
  return result === null ? { verdict: 'ok' } : withOpen(taken, left, result)
}

/** The log in which the takes that had not returned happened. */
const withUnreturned = (log: ValueLog, unreturned: Int32Array): ValueLog => ({
  ...log,
  take: log.take.map((take, value) => (take === NONE ? (unreturned[value] as number) : take)),
})

/** The log without the values that such a take may have taken. */
const withoutUnreturned = (log: ValueLog, unreturned: Int32Array): ValueLog => {
  const isOther = (_: unknown, value: number): boolean => unreturned[value] === NONE
  return {
    ...log,
    put: log.put.filter(isOther),
    take: log.take.filter(isOther),
    values: log.values.filter(isOther),
  }
}

const checkWith = (log: ValueLog, find: Find): SpecialResult => {
  const stranger = findStranger(log)
  if (stranger !== null) return stranger
  const { unreturned } = log
  if (unreturned === null) return checkTaken(log, find)
  const happened = checkTaken(withUnreturned(log, unreturned), find)
  if (happened.verdict === 'ok' || log.open.length === 0) return happened
  if (checkTaken(log, find).verdict === 'ok') return { verdict: 'ok' }
  const others = checkTaken(withoutUnreturned(log, unreturned), find)
  return others.verdict === 'illegal'
    ? others
    : declined('a take of a known value had not returned, and others may have taken that value')
}

const findEmpty = (log: ValueLog, values: readonly number[]): SpecialResult | null =>
  findNeverEmpty(log, certainSpans(log, values))

export const checkQueue = (log: ValueLog): SpecialResult =>
  checkWith(log, (taken, values) => findOvertaking(taken, values) ?? findEmpty(taken, values))

export const checkPool = (log: ValueLog): SpecialResult => checkWith(log, findEmpty)
