/**
 * Vocabularies: the calls that clients can make on a kind of object, and what other parts must know about them. A vocabulary
 * is one value. Workloads, checkers, targets, importers, `list` and clients in other languages read it; none keeps a copy.
 */
import type { output, ZodType } from 'zod'
import type { PromiseName } from './claims.ts'
import type { Edn } from './edn.ts'
import type { Call, ClientProcess, Operation } from './history.ts'

/** Identity of an object, an element or a value, as a string. Equal things have equal strings. */
export type Identity = string

/** Values that a key holds, such as a register one and a log many. There may be millions: no text is made of them. */
export interface HeldValues {
  /** Null: the vocabulary has one object. */
  readonly key: number | bigint | string | boolean | null
  readonly values: readonly (number | bigint | string | boolean)[]
}

/**
 * One call of a vocabulary. The functions receive values that match the schemas.
 *
 * @typeParam Value the value of the request
 * @typeParam Ok the value of an ok answer
 */
export interface CallDefinition<Value = unknown, Ok = unknown> {
  readonly value: ZodType<Value>
  readonly ok: ZodType<Ok>
  /** Whether it may change the object. */
  changes(value: Value): boolean
  /** It asks about the cluster itself (backlog, log) and does not use the object. It is not evidence about a partition's side. */
  readonly audits?: true
  /** Whether an ok answer shows that the cluster serves. Absent: every one does, unless the call audits. */
  showsService?(ok: Ok): boolean
  /** It hands over what happened earlier, such as a watch: a node may do so without the others, so it is not a read of the present. */
  readonly delivers?: true
  /** Only imported histories contain it: no workload asks it, and no target needs to speak it. */
  readonly onlyImported?: true
  /** Why an ok answer does not belong to this invocation; null if it does. Absent: every ok that matches the schema does. */
  mismatch?(value: Value, ok: Ok): string | null
  /** The objects it concerns. Absent: the vocabulary has one object. */
  objects?(value: Value): readonly Identity[]
  /**
   * What it writes. A later read of it proves that this call took effect, unless another call of the history writes the
   * same. Absent: it writes nothing that a later call could attribute to it.
   */
  writes?(value: Value): readonly HeldValues[]
  /** Whether an ok answer says that the call took no effect and never will. Absent: none does. */
  refuses?(ok: Ok): boolean
  /** The writes that an ok answer proves. */
  reads?(ok: Ok): readonly HeldValues[]
  /**
   * What it causes in the outside world, as `EffectLine.cause` names it. Absent: it causes nothing there.
   *
   * @param ok null: it was not answered, or not with ok
   */
  causes?(value: Value, ok: Ok | null): readonly Identity[]
}

/** What a line in the log of a service says of an effect. */
export interface EffectLine {
  /** Its number in that log. */
  readonly number: number
  /** Two lines with the same key are the same effect twice. */
  readonly key: Identity
  /** Names what it was caused by, such as a request. */
  readonly cause: Identity
}

/**
 * - `repeats`: a request that takes effect twice in the cluster; `effects`: one that does outside;
 * - `order`: whether a log keeps the order of what was acknowledged; `permissions`: who is let in.
 */
export type Shown = 'repeats' | 'effects' | 'order' | 'permissions'

export type CallDefinitions = Readonly<Record<string, CallDefinition>>

export interface Vocabulary<Calls extends CallDefinitions = CallDefinitions> {
  readonly name: string
  /** What the objects are, in a few words. */
  readonly description: string
  readonly calls: Calls
  /** The promises that can be made for its calls, strongest first. */
  readonly promises: readonly [PromiseName, ...PromiseName[]]
  /** The promise that is assumed if nobody made one. Absent: the strongest. */
  readonly assumes?: PromiseName
  /** Other names that are accepted -> the promise that they mean: what earlier versions called it. */
  readonly synonyms?: Readonly<Record<string, PromiseName>>
  /** What must or should be unique in a history, in words, such as `a value is written to a key at most once`. Null: nothing. */
  readonly unique: string | null
  /** The state of an unchanged object, in words, such as `null` or `0`. */
  readonly initial: string
  /** Names of the services beside the cluster that it requires. */
  readonly services: readonly string[]
  /** Reads a line in the log of a service. Null: the line tells of no effect. Absent: no line does. */
  effect?(line: unknown): EffectLine | null
  /** What a run of it shows besides its objects. Absent: nothing else. */
  readonly shows?: readonly Shown[]
  /** What it grants expires after some time, by a clock of the service. Absent: nothing does. */
  readonly expires?: true
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

/** What a schema accepts, deeply read-only. */
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

/** The value of an ok answer to the call `f`. */
export type OkOf<V extends Vocabulary, F extends keyof V['calls']> = Immutable<output<V['calls'][F]['ok']>>
