/** What a checker is told: operations with real-time intervals, and a sequential model of the object. */
import type { Part } from './history/part.ts'

/** One operation of a concurrent history. Times are any one unit; only their order matters. */
export interface Operation<I, O> {
  /** A client has one operation open at a time. */
  readonly client: number
  readonly call: number
  /** Infinity: it never returned. It may have taken effect at any time after its call, or never. */
  readonly return: number
  readonly input: I
  /** Undefined exactly when it never returned. */
  readonly output: O | undefined
}

/** A call or a return; a return belongs to the client's open call. A call without one never returned. */
export type Event<I, O> =
  | { readonly type: 'call'; readonly client: number; readonly input: I }
  | { readonly type: 'return'; readonly client: number; readonly output: O }

/** A history as columns, for millions of operations: row i of each is operation i. What the codes mean, the model says. */
export interface Columns {
  readonly client: Int32Array
  readonly call: Float64Array
  /** Infinity: it never returned. */
  readonly return: Float64Array
  readonly kind: Uint8Array
  readonly value: Int32Array
  /** What a compare-and-set expected, and the like. */
  readonly second?: Int32Array
  readonly key?: Int32Array
}

export interface Row {
  readonly kind: number
  readonly key: number
  readonly value: number
  readonly second: number
  readonly returned: boolean
}

export type History<I, O> = readonly Operation<I, O>[] | Columns

/** What deterministic models and others have in common. */
interface Specification<S, I, O> {
  readonly name: string
  readonly init: () => S
  /** Law: equal states step alike. Default: Object.is. */
  readonly equal?: (a: S, b: S) => boolean
  /** Law: equal states hash alike. Needed with `equal`, or every state is compared with every other. */
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
  /** Splits a history into independent objects (P-compositionality, Horn and Kroening 2015). */
  readonly partition?: (input: I) => string | number
  /** One operation and one state in words, for diagrams and reports. */
  readonly describe?: (input: I, output: O | undefined) => string
  readonly describeState?: (state: S) => string
  /** What a row of columns means. */
  readonly decode?: (row: Row) => { readonly input: I; readonly output: O | undefined }
  /**
   * An engine for histories of a kind that is easier than the general one. Of the part it takes what was called by
   * `end`; what returned then or later has not returned.
   */
  readonly specialised?: (part: Part<I, O>, end: number) => SpecialResult
}

/** A sequential specification: pure functions over immutable states. */
export interface Model<S, I, O> extends Specification<S, I, O> {
  /**
   * The state after the operation, or undefined (no state may be) where the output is impossible in it. An undefined
   * output is unknown: any output the state allows.
   */
  readonly step: (state: S, input: I, output: O | undefined) => S | undefined
}

/** One where an operation may lead to any of several states. */
export interface NondeterministicModel<S, I, O>
  extends Omit<Specification<S, I, O>, 'readOnly' | 'overwrites'> {
  /** All states the operation may lead to; none where it is impossible. */
  readonly steps: (state: S, input: I, output: O | undefined) => readonly S[]
}

export type AnyModel<S, I, O> = Model<S, I, O> | NondeterministicModel<S, I, O>

/** What a specialised engine says. */
export type SpecialResult =
  | { readonly verdict: 'ok' }
  /** The witness: positions in the part of operations that cannot be linearized even by themselves. */
  | { readonly verdict: 'illegal'; readonly witness: readonly number[] }
  /** The history is not of the kind it knows: the general engine decides. */
  | { readonly verdict: 'declined'; readonly reason: string }

export interface Limits {
  /** For the whole check. */
  readonly timeMs?: number
  /** For what the search remembers. */
  readonly memoryBytes?: number
  /** Throws a BrokenLawError where a step breaks a law that the model claims. Dear: for those who write models. */
  readonly watchLaws?: boolean
}

/** By which engine partitions were decided; why the specialised one declined, each reason once. */
export interface Engines {
  readonly specialised: number
  readonly general: number
  readonly declined: readonly string[]
}

/** Operations are named by their index in the input; lists are in order of calls. */
export interface Illegal {
  readonly verdict: 'illegal'
  readonly partition: string | number
  /** The operation that could not return as it did. */
  readonly blocked: number
  /**
   * The shortest prefix of the partition's history that is not linearizable: what was called before `blocked`
   * returned. What had not returned by then need not have happened; if it had, then with the output it gave later.
   */
  readonly prefix: Int32Array
  /** Some of the prefix that cannot be linearized even by itself. */
  readonly witness: Int32Array
  /** False where a limit ran out: the prefix is illegal, but a shorter one may be. */
  readonly shortest: boolean
}

export interface Unknown {
  readonly verdict: 'unknown'
  readonly reason: 'time' | 'memory'
  /** The first partition that was not decided, and how many of its operations returned before the search gave up. */
  readonly partition: string | number
  readonly passed: number
  readonly operations: number
  /** Partitions with a verdict, of how many. */
  readonly decided: number
  readonly partitions: number
  /** What would help. */
  readonly help: string
}

export type Result =
  | { readonly verdict: 'ok'; readonly partitions: number; readonly engines: Engines }
  | (Illegal & { readonly engines: Engines })
  | (Unknown & { readonly engines: Engines })
