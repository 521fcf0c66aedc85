/** Times of a history are for drawing and latencies; the order of its operations is their position. */
import type { Operation } from '../api/history.ts'

export interface HeldTimes {
  readonly operations: readonly Operation[]
  /** Null: no time goes back. */
  readonly note: string | null
}

/** A time that goes back is held at the one before it. */
export const holdTimes = (operations: readonly Operation[]): HeldTimes => {
  let lastNs = Number.NEGATIVE_INFINITY
  let held = 0
  const all = operations.map((operation) => {
    if (operation.timeNs >= lastNs) {
      lastNs = operation.timeNs
      return operation
    }
    held++
    return { ...operation, timeNs: lastNs }
  })
  if (held === 0) return { operations, note: null }
  return {
    operations: all,
    note: `${held} times go back: what is judged is the order of the history, not of its times`,
  }
}
