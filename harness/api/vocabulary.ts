/**
 * Vocabularies: what clients may ask of a kind of object, and what everybody else must know of it. A vocabulary is one
 * value; workloads, checkers, targets, importers, `list` and clients in other languages ask it, and keep no list of their own.
 */
import type { output, ZodType } from 'zod'
import type { PromiseName } from './claims.ts'
import type { Edn } from './edn.ts'
import type { Call, ClientProcess, Operation } from './history.ts'

/** Identity of an object, of an element, or of a value, as a text that is equal for equal things. */
export type Identity = string

/**
 * One call of a vocabulary. The functions get values that fit the schemas.
 *
 * @typeParam Value what is asked
 * @typeParam Ok what an ok answer holds
 */
export interface CallDefinition<Value = unknown, Ok = unknown> {
  readonly value: ZodType<Value>
  readonly ok: ZodType<Ok>
  /** Whether it may change the object. */
  changes(value: Value): boolean
  /** A question about the cluster's own affairs (backlog, log), not a use of the object: no side of a partition is judged by it. */
  readonly audits?: true
  /** Only histories of others hold it: no workload asks it, and no target need speak it. */
  readonly onlyImported?: true
  /** Why an ok answer does not belong to this invocation; null where it does. Absent: every ok of the right schema does. */
  mismatch?(value: Value, ok: Ok): string | null
  /** The objects it concerns. Absent: the vocabulary has one object. */
  objects?(value: Value): readonly Identity[]
  /**
   * What it would leave behind: who reads it later has seen this call take effect, unless another call of the history writes
   * the same. Absent: nothing by which a later call could tell it from others.
   */
  writes?(value: Value): readonly Identity[]
  /** What an ok answer shows to have been written. */
  reads?(ok: Ok): readonly Identity[]
}

export type CallDefinitions = Readonly<Record<string, CallDefinition>>

export interface Vocabulary<Calls extends CallDefinitions = CallDefinitions> {
  readonly name: string
  /** What the objects are, in a few words. */
  readonly description: string
  readonly calls: Calls
  /** The promises that can be made of its calls, strongest first; the first is assumed where nobody made one. */
  readonly promises: readonly [PromiseName, ...PromiseName[]]
  /** What must be unique in a history, in words, such as `a value is written to a key at most once`. Null: nothing. */
  readonly unique: string | null
  /** State of an object that nobody has changed, in words, such as `null` or `0`. */
  readonly initial: string
  /** Services beside the cluster without which it means nothing, by name. */
  readonly services: readonly string[]
  /** How others write it. Absent: only as our own values. */
  readonly edn?: EdnForm
}

/** An event of a history in EDN, as a form reads it. */
export interface EdnEvent {
  readonly process: ClientProcess
  readonly type: Operation['type']
  readonly f: string
  readonly value: Edn
  /** The text of its error, such as `empty`; null: none. */
  readonly error: string | null
  /** Of a completion: what was asked. */
  readonly invoked: Call | null
  /** Values are tuples of a key and a value (jepsen.independent). */
  readonly keyed: boolean
  /** What nil and a failed comparison mean: see `harness/history/README.md`. */
  readonly dialect: 'jepsen' | 'etcd'
}

/** What an event says. `untold`: the answer tells nothing, as if it had not come; the operation is left out. */
export type EdnMeaning =
  | { readonly f: string; readonly value: unknown; readonly type?: Operation['type'] }
  | 'untold'

/** How Jepsen, Elle and Maelstrom write the calls of a vocabulary. Where they do not, histories hold our own values as EDN maps. */
export interface EdnForm {
  /** Whether the values of these events are tuples of a key and a value. Absent: never. */
  isKeyed?(events: readonly Pick<EdnEvent, 'f' | 'value'>[]): boolean
  /** A reader for one history: it may remember. An event it does not understand gives null. */
  reader(): (event: EdnEvent) => EdnMeaning | null
  /** Null where our own value is written as it is. */
  print?(
    operation: Operation,
  ): { readonly f: string; readonly value: Edn; readonly type?: Operation['type'] } | null
}

/** What a schema accepts, read-only all the way down. */
type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T

/** The union of a vocabulary's calls, discriminated on `f`. */
export type CallOf<V extends Vocabulary> = V extends Vocabulary
  ? {
      [F in keyof V['calls'] & string]: {
        readonly f: F
        readonly value: Immutable<output<V['calls'][F]['value']>>
      }
    }[keyof V['calls'] & string]
  : never

/** What an ok answer to the call `f` holds. */
export type OkOf<V extends Vocabulary, F extends keyof V['calls']> = Immutable<output<V['calls'][F]['ok']>>
