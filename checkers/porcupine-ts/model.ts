/** The input of the checker: operations with real-time intervals, and a sequential model of the object. */
import type { Part } from './history/part.ts'
import type { Scalar } from './models/calls.ts'

/** One operation of a concurrent history. Times may have any unit, as only their order matters. */
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

/** A history as columns, for millions of operations: row i of each is operation i. The model decodes the rows. */
export interface Columns {
  readonly client: Int32Array
  readonly call: Float64Array
  /** Infinity: it never returned. */
  readonly return: Float64Array
  readonly kind: Uint8Array
  readonly value: Int32Array
  /** A second value, such as what a compare-and-set expected. */
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

/** An operation as a row of few cells. A row has a list, or a value and a second value. */
export interface Cells {
  /** Less than 128. */
  readonly kind: number
  readonly key: Scalar
  readonly value: Scalar | null
  readonly second: Scalar | null
  readonly list?: readonly Scalar[]
}

/** Columns with what their codes stand for (`history/packer.ts`): keys and values may be of any kind, and rows may have lists. */
export interface PackedColumns extends Required<Columns> {
  readonly names: readonly Scalar[]
  readonly lists: Int32Array<SharedArrayBuffer>
}

export type History<I, O> = readonly Operation<I, O>[] | Columns | PackedColumns

/** What deterministic and nondeterministic models have in common. */
interface Specification<S, I, O> {
  readonly name: string
  readonly init: () => S
  /** Law: equal states step in the same way. Default: Object.is. */
  readonly equal?: (a: S, b: S) => boolean
  /** Law: equal states have equal hashes. Without it, a model with `equal` has every state compared with every other. */
  readonly hash?: (state: S) => number
  /** Law: true only if the operation changes no state in which it is possible. The search then need not branch on it. */
  readonly readOnly?: (input: I, output: O | undefined) => boolean
  /**
   * Law: true only if the operation is possible in every state and always leads to the same state, as a write does.
   * The search then places it only where a later operation sees it.
   */
  readonly overwrites?: (input: I, output: O | undefined) => boolean
  /**
   * Law: operations with equal keys step in the same way from every state. Their steps are then computed once, and the
   * search treats operations that never returned as the same if their keys are equal.
   */
  readonly classify?: (input: I, output: O | undefined) => string | number
  /** Splits a history into independent objects (P-compositionality, Horn and Kroening 2015). */
  readonly partition?: (input: I) => string | number
  /** An operation, or a state, in words, for diagrams and reports. */
  readonly describe?: (input: I, output: O | undefined) => string
  readonly describeState?: (state: S) => string
  /** What a row of columns means. */
  readonly decode?: (row: Row) => { readonly input: I; readonly output: O | undefined }
  /**
   * An operation as cells and back, for packed columns. Law: what was packed comes out as it was, an output only if the
   * operation returned.
   */
  readonly packing?: {
    readonly pack: (input: I, output: O | undefined) => Cells
    readonly unpack: (cells: Cells) => { readonly input: I; readonly output: O }
  }
  /**
   * An engine for an easier kind of history. It considers the operations of the part that were called by `end`;
   * those that returned at `end` or later count as not returned.
   */
  readonly specialised?: (part: Part<I, O>, end: number) => SpecialResult
}

/** What the operations of a part tell about the linearizations that it may have. */
export interface Foresight<S, I, O> {
  /** Law: the same operations, within the times at which every linearization has them. */
  readonly part: Part<I, O>
  /** Law: false only for a step from this state that no linearization takes, and never for a read-only operation. */
  readonly leads: (state: S, input: I) => boolean
  /**
   * Law: true only if the operation may as well come just before its return in every linearization, or, if it never returned, not
   * at all.
   */
  readonly waits: (input: I) => boolean
}

/** A sequential specification: pure functions over immutable states. */
export interface Model<S, I, O> extends Specification<S, I, O> {
  /**
   * The state after the operation; undefined (which no state may be) if the output is impossible in this state. An
   * undefined output is unknown: any output that the state allows.
   */
  readonly step: (state: S, input: I, output: O | undefined) => S | undefined
  /**
   * For linearizations of a part that begin in one of these states; null: there is none. A search that only asks whether there is
   * one then passes by orders that would fail much later. Law: it tells the same of operations of one class.
   */
  readonly foresee?: (part: Part<I, O>, from: readonly S[]) => Foresight<S, I, O> | null
}

/** A model in which an operation may lead to any of several states. */
export interface NondeterministicModel<S, I, O>
  extends Omit<Specification<S, I, O>, 'readOnly' | 'overwrites'> {
  /** All states to which the operation may lead; none if it is impossible. */
  readonly steps: (state: S, input: I, output: O | undefined) => readonly S[]
}

export type AnyModel<S, I, O> = Model<S, I, O> | NondeterministicModel<S, I, O>

/** The answer of a specialised engine. */
export type SpecialResult =
  | { readonly verdict: 'ok' }
  /** The witness: positions in the part of operations that cannot be linearized even without the others. */
  | { readonly verdict: 'illegal'; readonly witness: readonly number[] }
  /** The engine does not know this kind of history: the general engine decides. */
  | { readonly verdict: 'declined'; readonly reason: string }

export interface Limits {
  /** For the whole check. A partition that takes long leaves the others their share. */
  readonly timeMs?: number
  /** For the search's memo. */
  readonly memoryBytes?: number
  /**
   * So many illegal partitions are looked for: those that failed first. Default: 1, and then it is whichever is found first, which
   * ends the check.
   */
  readonly mostIllegal?: number
  /** Throws a BrokenLawError if a step breaks a law that the model claims. Slow: meant for authors of models. */
  readonly watchLaws?: boolean
}

/** How many partitions each engine decided, and why the specialised one declined, each reason once. */
export interface Engines {
  readonly specialised: number
  readonly general: number
  readonly declined: readonly string[]
}

/** Operations are given by their index in the input; lists are in order of calls. */
export interface Illegal {
  readonly verdict: 'illegal'
  readonly partition: string | number
  /** The operation that could not return as it did. */
  readonly blocked: number
  /** When it returned. */
  readonly failedAt: number
  /**
   * The shortest prefix of the partition's history that is not linearizable: the operations called before `blocked`
   * returned. Those that had not returned by then may not have happened; if they had, then with their later output.
   */
  readonly prefix: Int32Array
  /** Operations of the prefix that cannot be linearized even without the others. */
  readonly witness: Int32Array
  /** False if a limit ran out: the prefix is illegal, but a shorter one may be illegal too. */
  readonly shortest: boolean
}

/** A partition that was not decided, and how many of its operations could return before the search gave up. */
export interface Undecided {
  readonly reason: 'time' | 'memory'
  readonly partition: string | number
  readonly passed: number
  readonly operations: number
}

/** It tells of the first partition that was not decided. */
export interface Unknown extends Undecided {
  readonly verdict: 'unknown'
  /** All that were not decided. */
  readonly undecided: readonly Undecided[]
  /** Partitions with a verdict, and all partitions. */
  readonly decided: number
  readonly partitions: number
  /** What would help. */
  readonly help: string
}

export type Result =
  | { readonly verdict: 'ok'; readonly partitions: number; readonly engines: Engines }
  | (Illegal & {
      /** The other illegal partitions, up to the limit. */
      readonly others: readonly Illegal[]
      /** Partitions that were looked at and not decided. */
      readonly undecided: readonly Undecided[]
      readonly engines: Engines
    })
  | (Unknown & { readonly engines: Engines })
