/** Generators: immutable sources of operations, driven by a scheduler. */
import type { Call, Operation } from './history.ts'
import type { Rng } from './random.ts'

/** A slot that runs one operation at a time. Threads 0 to concurrency-1 are clients, those above are nemeses. */
export type Thread = number

export interface GeneratorContext {
  readonly nowNs: number
  /** Threads this generator may use, ascending. */
  readonly threads: readonly Thread[]
  /** Those of them that are idle. */
  readonly free: readonly Thread[]
  /** How many operations the thread has invoked so far. */
  ordinal(thread: Thread): number
  /** The randomness of the thread's next operation: keyed by (thread, ordinal), the same however often it is asked. */
  draw(thread: Thread): Rng
}

export type Step<C extends Call> =
  /** Invoke `call` on `thread`, not before `atNs`; then go on with `next`. */
  | {
      readonly type: 'invoke'
      readonly atNs: number
      readonly thread: Thread
      readonly call: C
      readonly next: OpGenerator<C>
    }
  /** Nothing now. Ask `next` again at `wakeNs` (null: after the next completion). */
  | { readonly type: 'pending'; readonly wakeNs: number | null; readonly next: OpGenerator<C> }
  | { readonly type: 'done' }

/** Something that happened on a thread: an invocation or a completion. */
export interface GeneratorEvent {
  readonly thread: Thread
  readonly operation: Operation
}

/**
 * A source of operations. Immutable: `next` and `update` return the generator that comes after. A step to invoke
 * later (`atNs` in the future) is not kept: the same generator is asked again. A generator that must remember
 * when it was first asked therefore answers `pending`.
 */
export interface OpGenerator<C extends Call = Call> {
  next(context: GeneratorContext): Step<C>
  update(context: GeneratorContext, event: GeneratorEvent): OpGenerator<C>
}
