/** Times of a history are for drawing and latencies; the order of its operations is their position. */
import type { Operation } from '../api/history.ts'

export interface HeldTimes {
  readonly operations: readonly Operation[]
  /** Null: no time goes back. */
  readonly note: string | null
}

/** Beyond this a nanosecond more is lost in a double. */
const MOST_NS = 2 ** 52

/**
 * Each time is at least a nanosecond after the one before it: operations whose times are equal, or go back, keep the order
 * of the history.
 */
export const holdTimes = (operations: readonly Operation[]): HeldTimes => {
  const first = operations[0]?.timeNs ?? 0
  const startNs = Math.abs(first) > MOST_NS ? first : 0
  let lastNs = Number.NEGATIVE_INFINITY
  let wentBack = 0
  let previousNs = Number.NEGATIVE_INFINITY
  const held = operations.map((operation) => {
    const toldNs = operation.timeNs - startNs
    if (toldNs < previousNs) wentBack++
    previousNs = toldNs
    lastNs = Math.max(toldNs, lastNs + 1)
    return lastNs === operation.timeNs ? operation : { ...operation, timeNs: lastNs }
  })
  const note = `${wentBack} times go back: the verdict is on the order of the history, not of its times`
  return { operations: held, note: wentBack === 0 ? null : note }
}
