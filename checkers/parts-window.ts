/**
 * A window on a run whose calls concern several parts of its state, such as keys or elements. Only parts that no call before the
 * window asked for are looked at, so that of these parts the window has every call; calls are cut down to them. Of earlier
 * parts a fingerprint is kept (14 to 27 bytes a part). One that looks like an earlier part is left out, which is safe.
 *
 * What is left out of a window is never seen there: whatever needs a part for longer than the window waits for the verdict.
 */
import type { Operation } from '../harness/api/history.ts'
import type { SlidingWindow } from '../harness/api/verdict.ts'
import type { Identity, Vocabulary } from '../harness/api/vocabulary.ts'
import { assert } from '../harness/support/assert.ts'
import { Fingerprints } from './fingerprints.ts'

/** How a call is cut down to some parts. */
export interface Parts {
  /** The parts that an invocation asks for. Those that only its answer names may be anybody's. */
  asked(invocation: Operation): Iterable<Identity>
  /** Null: nothing is left. Of a completion something always is. */
  only(operation: Operation, isKept: (part: Identity) => boolean): Operation | null
}

/** The parts are the objects. Each call concerns at most one, and is left as it is or left out. */
export const objectsOf = ({ calls }: Vocabulary): Parts => {
  const asked = ({ f, value }: Operation): readonly Identity[] => calls[f]?.objects?.(value) ?? []
  return {
    asked,
    only: (operation, isKept) =>
      operation.type !== 'invoke' || asked(operation).every(isKept) ? operation : null,
  }
}

export class PartsWindow implements SlidingWindow {
  readonly #parts: Parts
  /** Part -> the first call that asked for it: the index of its invocation. In this order. */
  readonly #since = new Map<Identity, number>()
  readonly #earlier = new Fingerprints()
  /** Process -> the index of the invocation that is held and has no answer yet. */
  readonly #open = new Map<Operation['process'], number>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  take(operation: Operation): Operation | null {
    const { process, type, index } = operation
    if (process === 'nemesis') return null
    // What is given up, or has no part left, has no answer either.
    if (type !== 'invoke') return this.#open.delete(process) ? this.#only(operation) : null
    for (const part of this.#parts.asked(operation))
      if (!this.#since.has(part) && !this.#earlier.has(part)) this.#since.set(part, index)
    const kept = this.#only(operation)
    if (kept !== null) this.#open.set(process, index)
    return kept
  }

  giveUp(held: readonly Operation[], before: number): readonly Operation[] {
    for (const [part, since] of this.#since) {
      if (since >= before) break
      this.#since.delete(part)
      this.#earlier.add(part)
    }
    for (const [process, index] of this.#open) if (index < before) this.#open.delete(process)
    return this.#left(held, before)
  }

  #left(held: readonly Operation[], before: number): readonly Operation[] {
    const kept = new Set<Operation['process']>()
    return held.flatMap((operation) => {
      const { process, type, index } = operation
      if (type !== 'invoke') return kept.delete(process) ? (this.#only(operation) ?? []) : []
      const left = index < before ? null : this.#only(operation)
      if (left !== null) kept.add(process)
      // It asks only for parts of calls that were given up.
      else if (this.#open.get(process) === index) this.#open.delete(process)
      return left ?? []
    })
  }

  #only(operation: Operation): Operation | null {
    const only = this.#parts.only(operation, (part) => !this.#earlier.has(part))
    assert(only !== null || operation.type === 'invoke', 'of a completion something is left')
    return only
  }
}
