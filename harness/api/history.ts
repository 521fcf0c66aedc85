/**
 * Operations of a history: what a client requests, and the outcome.
 *
 * Times are nanoseconds since the start of the run (`...Ns`); durations name their unit.
 */

/** A logical client of the history. After an `info` it is never used again: its thread continues as a new process. */
export type ClientProcess = number

/** What a client requests. Each vocabulary is a union discriminated on `f`. `value` must be JSON. */
export interface Call {
  readonly f: string
  readonly value: unknown
}

/**
 * Evidence that came with an answer: term, revision, the node that served it (`servedBy`), attempts of a declared retry. The
 * harness sets `misfit` where a client's answer did not fit its call. `acceptedBy` names the nodes that had accepted what was
 * answered, joined by commas; `index` and `term` are its place, and `members` those in force for it, if they are not all nodes.
 * `vouchedBy` is for clients that take an answer only if several nodes give it: their names, joined by commas too. An answer
 * without it is that of one node, and if that node lies, it says nothing. `proof` is an `AnswerProof` as JSON.
 */
export type Meta = Readonly<Record<string, string | number | boolean>>

/**
 * The outcome of a call.
 * - `ok`: it happened, and returned this. A compare-and-set whose comparison failed is `ok` with `applied: false`.
 * - `fail`: it never happened and never will. Needs proof: a refusal, never a timeout.
 * - `info`: it may have happened, or may still happen. Every unclear outcome is `info`.
 */
export type Outcome =
  | { readonly type: 'ok'; readonly value: unknown; readonly meta?: Meta }
  | { readonly type: 'fail'; readonly error: string; readonly meta?: Meta }
  | { readonly type: 'info'; readonly error: string; readonly meta?: Meta }

/** One event of the history: an invocation or a completion. Only the engine sets its index and time. */
export interface Operation {
  /** Position in the history, from 0, dense. */
  readonly index: number
  readonly timeNs: number
  readonly process: ClientProcess | 'nemesis'
  readonly type: 'invoke' | 'ok' | 'fail' | 'info'
  readonly f: string
  readonly value: unknown
  /** The node that the client was bound to. Another node may have served the call: see `meta`. */
  readonly node?: string
  readonly meta?: Meta
  readonly error?: string
}

/** An invocation and its completion. */
export interface Pair {
  readonly invocation: Operation
  /** Null: none was recorded. The call may have happened, as with `info`. */
  readonly completion: Operation | null
}

/**
 * What is asked of a history and of its pairs: they may be larger than memory, so an element is made when it is asked for,
 * and is gone with the last reference to it. An array is one.
 */
export interface Sequence<T> extends Iterable<T> {
  readonly length: number
  /** Of one that is still being read: no more than so many. Its length is known once all is read. Absent: it is the length. */
  readonly atMost?: number | undefined
  at(index: number): T | undefined
  entries(): IterableIterator<[number, T]>
  filter<S extends T>(isWanted: (item: T, index: number) => item is S): S[]
  filter(isWanted: (item: T, index: number) => boolean): T[]
  map<U>(make: (item: T, index: number) => U): U[]
  flatMap<U>(make: (item: T, index: number) => U | readonly U[]): U[]
  find<S extends T>(isWanted: (item: T, index: number) => item is S): S | undefined
  find(isWanted: (item: T, index: number) => boolean): T | undefined
  findLast(isWanted: (item: T, index: number) => boolean): T | undefined
  some(isWanted: (item: T, index: number) => boolean): boolean
  every(isWanted: (item: T, index: number) => boolean): boolean
  slice(start?: number, end?: number): T[]
}
