/** The limits of a search, and its result. */

/** The limits of a search. */
export interface Budget {
  readonly deadlineMs: number
  readonly now: () => number
  readonly memoryBytes: number
  /** Limit of configurations for each search; absent: none. */
  readonly visits?: number
  /** Limit of states that are collected; absent: none. */
  readonly ends?: number
  /** When the whole check ends, if it gives each search less: a proof that was found may be shortened until then. */
  readonly endMs?: number
}

export const UNLIMITED: Budget = {
  deadlineMs: Number.POSITIVE_INFINITY,
  now: () => 0,
  memoryBytes: Number.POSITIVE_INFINITY,
}

/** The time limit ran out within a step of the machine. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError'
}

/** The machine that is searched. Its states are small numbers. */
export interface Machine {
  readonly bytes: number
  step(state: number, operation: number): number
}

export type SearchResult =
  | { readonly verdict: 'ok'; readonly visited: number }
  /** No configuration passes this event, the return of an operation. All events before it can be passed. */
  | { readonly verdict: 'illegal'; readonly event: number; readonly visited: number }
  | {
      readonly verdict: 'unknown'
      readonly reason: 'time' | 'memory' | 'visits'
      /** How far the search got: so many operations could return, and no configuration has passed this event yet. */
      readonly passed: number
      readonly event: number
      readonly visited: number
    }
