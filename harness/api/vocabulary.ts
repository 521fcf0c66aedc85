/**
 * Vocabularies: what clients may ask of a kind of object, and what everybody else must know of it. A vocabulary is one
 * value; workloads, checkers, targets, importers, `list` and clients in other languages ask it, and keep no list of their own.
 */
import type { output, ZodType } from 'zod'
import type { PromiseName } from './claims.ts'

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
