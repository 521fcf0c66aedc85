/** What a search is given, and what it says. */

/** What a search may use. Shared by all partitions of a check. */
export interface Budget {
  readonly deadlineMs: number
  readonly now: () => number
  readonly memoryBytes: number
  /** Configurations, of each search; absent: any number. */
  readonly visits?: number
}

/** The machine that is searched: states are small numbers. */
export interface Machine {
  readonly bytes: number
  step(state: number, operation: number): number
}

export type SearchResult =
  | { readonly verdict: 'ok'; readonly visited: number }
  /** No configuration passes this event, the return of an operation; all before it can be passed. */
  | { readonly verdict: 'illegal'; readonly event: number; readonly visited: number }
  | {
      readonly verdict: 'unknown'
      readonly reason: 'time' | 'memory' | 'visits'
      /** How far it got: so many operations could return, and no configuration passed this event yet. */
      readonly passed: number
      readonly event: number
      readonly visited: number
    }
