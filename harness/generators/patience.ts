/**
 * How long calls that fail are made again. Nodes may call themselves ready some time before they have elected a leader, and a
 * call may fail at once: a number of attempts alone would be over in milliseconds.
 */

/** Time between two attempts: a connection may have to be made again. */
export const PAUSE_NS = 0.3e9
/** So long attempts go on until there is a first answer. */
export const PATIENCE_NS = 40e9

export interface Patience {
  /** In a row. */
  readonly failures: number
  /** The next attempt is not made before. */
  readonly dueNs: number
  /** It does not end before. Null: nothing has failed yet. */
  readonly lastsUntilNs: number | null
}

export const PATIENT: Patience = { failures: 0, dueNs: 0, lastsUntilNs: null }

export const afterFailure = ({ failures, lastsUntilNs }: Patience, nowNs: number): Patience => ({
  failures: failures + 1,
  dueNs: nowNs + PAUSE_NS,
  lastsUntilNs: lastsUntilNs ?? nowNs + PATIENCE_NS,
})

/** Whoever has answered once has a leader. From then on, only failures count. */
export const afterAnswer = (nowNs: number): Patience => ({ failures: 0, dueNs: 0, lastsUntilNs: nowNs })

/** @param most failures in a row */
export const isOver = ({ failures, lastsUntilNs }: Patience, most: number, nowNs: number): boolean =>
  failures >= most && nowNs >= (lastsUntilNs ?? 0)
