/** What a checker is told: operations with real-time intervals, and a sequential model of the object. */

/** One operation of a concurrent history. Times are any one unit; only their order matters. */
export interface Operation<I, O> {
  readonly client: number
  readonly call: number
  /** Infinity: it never returned. It may have taken effect at any time after its call, or never. */
  readonly return: number
  readonly input: I
  /** Undefined exactly when it never returned. */
  readonly output: O | undefined
}

/** A sequential specification: pure functions over immutable states. */
export interface Model<S, I, O> {
  readonly init: () => S
  /**
   * The state after the operation, or undefined (no state may be) where the output is impossible in it. An undefined output is
   * unknown: any output the state allows.
   */
  readonly step: (state: S, input: I, output: O | undefined) => S | undefined
  /** Law: equal states step alike. Default: Object.is. */
  readonly equal?: (a: S, b: S) => boolean
  /** Law: equal states hash alike. Buys a faster memo. */
  readonly hash?: (state: S) => number
  /** Law: true only for an operation that changes no state it is possible in. Buys a search without branching on it. */
  readonly readOnly?: (input: I, output: O | undefined) => boolean
  /**
   * Law: true only for an operation that is possible in every state and leads to one and the same, as a write does.
   * Buys a search that places such an operation only where it is seen.
   */
  readonly overwrites?: (input: I, output: O | undefined) => boolean
  /**
   * Law: operations of equal keys step alike from every state. Buys shared steps, and a search that knows one
   * operation that never returned from another only by what it does.
   */
  readonly classify?: (input: I, output: O | undefined) => string | number
  /** An engine for histories of a kind that is easier than the general one; operations in order of their calls. */
  readonly specialised?: (operations: readonly Operation<I, O>[]) => SpecialResult
  /** Splits a history into independent objects (P-compositionality, Horn and Kroening 2015). */
  readonly partition?: (input: I) => string | number
}

/** What a specialised engine says. */
export type SpecialResult =
  | { readonly verdict: 'ok' }
  /** The witness: positions of operations that cannot be linearized even by themselves. */
  | { readonly verdict: 'illegal'; readonly witness: readonly number[] }
  /** The history is not of the kind it knows: the general engine decides. */
  | { readonly verdict: 'declined'; readonly reason: string }

export interface Limits {
  /** For the whole check. */
  readonly timeMs?: number
  /** For the memo of visited configurations. */
  readonly memoryBytes?: number
}

export interface Illegal<I, O> {
  readonly verdict: 'illegal'
  readonly partition: string | number
  /**
   * The shortest prefix of the partition's history that is not linearizable: operations in order of call. One that
   * had not returned by then has no return; the output it gave later is kept: it need not have happened yet, but
   * if it had, then so.
   */
  readonly prefix: readonly Operation<I, O>[]
  /** Indices of the prefix's operations in the input. */
  readonly indices: readonly number[]
  /** Index in the input of the operation whose return made the prefix impossible. */
  readonly blocked: number
  /** False where a limit ran out: the prefix is illegal, but a shorter one may be. */
  readonly shortest: boolean
}

export type Result<I, O> =
  | { readonly verdict: 'ok'; readonly partitions: number }
  | Illegal<I, O>
  | {
      readonly verdict: 'unknown'
      readonly reason: 'time' | 'memory'
      readonly partition: string | number
      /** Of how many partitions the verdict was reached before the limit. */
      readonly decided: number
      readonly partitions: number
    }
