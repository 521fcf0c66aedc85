/**
 * Joins invocations with their completions, and knows the rules that a history must keep before anything may judge it. An
 * invocation without a completion is open: it may have happened, like one that ended in info.
 */
import type { Operation, Pair } from '../api/history.ts'
import { UserError } from '../support/assert.ts'

/** What the rules are about. */
export type Head = Pick<Operation, 'index' | 'timeNs' | 'process' | 'type' | 'f'>

interface Open {
  /** Of the pair, in order of invocation. */
  readonly place: number
  readonly index: number
  readonly f: string
}

const bad = ({ index, process, type, f }: Head, why: string): UserError =>
  new UserError(
    `The history is not well-formed: operation ${index} (process ${process}, ${type} ${f}) ${why}.`,
  )

/** Takes the operations of a history in their order. */
export class Pairing {
  #count = 0
  #lastIndex = Number.NEGATIVE_INFINITY
  #lastNs = Number.NEGATIVE_INFINITY
  readonly #open = new Map<Operation['process'], Open>()
  readonly #crashed = new Set<Operation['process']>()

  /**
   * The place of the pair that the operation begins or completes, in order of invocation; null for the nemesis.
   *
   * @throws UserError naming the operation, if it breaks a rule
   */
  add(operation: Head): number | null {
    const { index, timeNs, process, type } = operation
    if (index <= this.#lastIndex) throw bad(operation, `does not come after operation ${this.#lastIndex}`)
    if (timeNs < this.#lastNs) throw bad(operation, 'goes back in time')
    this.#lastIndex = index
    this.#lastNs = timeNs
    if (process === 'nemesis') return null
    return type === 'invoke' ? this.#begin(operation) : this.#complete(operation)
  }

  #begin(operation: Head): number {
    const { index, process, f } = operation
    const pending = this.#open.get(process)
    if (pending !== undefined)
      throw bad(operation, `was invoked while operation ${pending.index} of the same process was open`)
    if (this.#crashed.has(process)) throw bad(operation, 'uses a process that has crashed (info)')
    const place = this.#count++
    this.#open.set(process, { place, index, f })
    return place
  }

  #complete(operation: Head): number {
    const { process, type, f } = operation
    const pending = this.#open.get(process)
    if (pending === undefined) throw bad(operation, 'completes nothing: its process has no open operation')
    if (pending.f !== f) throw bad(operation, `completes operation ${pending.index}, which is a ${pending.f}`)
    this.#open.delete(process)
    if (type === 'info') this.#crashed.add(process)
    return pending.place
  }
}

/** The clients' operations, in order of invocation. Throws a UserError naming the first operation that breaks a rule. */
export const pairOperations = (history: Iterable<Operation>): readonly Pair[] => {
  const pairing = new Pairing()
  const pairs: { invocation: Operation; completion: Operation | null }[] = []
  for (const operation of history) {
    const place = pairing.add(operation)
    if (place === null) continue
    const pair = pairs[place]
    if (pair === undefined) pairs.push({ invocation: operation, completion: null })
    else pair.completion = operation
  }
  return pairs
}
