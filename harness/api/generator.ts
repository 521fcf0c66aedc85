/** Generators: immutable sources of operations, driven by a scheduler. */
import type { Call, Operation } from './history.ts'
import type { Rng } from './random.ts'

/** A slot that runs one operation at a time. Threads 0 to concurrency-1 are clients, those above are nemeses. */
export type Thread = number

/** It is true until the generator returns, and changes afterwards: a generator must not keep it, or a list in it. */
export interface GeneratorContext {
  readonly nowNs: number
  /** Threads that this generator may use, ascending. */
  readonly threads: readonly Thread[]
  /** The idle threads among them, the one that has been idle longest first. */
  readonly free: readonly Thread[]
  /** The context of a generator that may use only some of these threads. Cheap if it is always asked with the same function. */
  only(may: (thread: Thread) => boolean): GeneratorContext
  /** How many operations the thread has invoked so far. */
  ordinal(thread: Thread): number
  /** The randomness of the thread's next operation. Keyed by (thread, ordinal): every call returns the same. */
  draw(thread: Thread): Rng
}

export type Step<C extends Call> =
  /** Invoke `call` on `thread`, not before `atNs`; then continue with `next`. */
  | {
      readonly type: 'invoke'
      readonly atNs: number
      readonly thread: Thread
      readonly call: C
      readonly next: OpGenerator<C>
    }
  /** Nothing to do now. Ask `next` again at `wakeNs` (null: after the next completion). */
  | { readonly type: 'pending'; readonly wakeNs: number | null; readonly next: OpGenerator<C> }
  | { readonly type: 'done' }

/** Something that happened on a thread: an invocation or a completion. */
export interface GeneratorEvent {
  readonly thread: Thread
  readonly operation: Operation
}

/**
 * A source of operations. Immutable: `next` and `update` return the following generator. The scheduler does not keep a
 * step to invoke later (`atNs` in the future): it asks the same generator again. A generator that must remember when
 * it was first asked therefore answers `pending`.
 */
export interface OpGenerator<C extends Call = Call> {
  next(context: GeneratorContext): Step<C>
  update(context: GeneratorContext, event: GeneratorEvent): OpGenerator<C>
}
