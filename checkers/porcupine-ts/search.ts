/**
 * Search for a linearization of one partition: Wing and Gong's algorithm (1993) with Lowe's memo of configurations
 * (2017), on a doubly linked list of calls and returns.
 *
 * A configuration is the set of operations linearized so far and the state they lead to; one that was left before
 * is never entered again. Operations that never returned have no return in the list: they may be placed, but need
 * not be. An operation known to change nothing is placed as soon as it can be and never taken back: any
 * linearization that has it later stays one with it moved here.
 */
import type { Model, Operation } from './model.ts'

/** Counts down what a search may use. Shared by all partitions of a check. */
export interface Budget {
  readonly deadlineMs: number
  readonly now: () => number
  memoryBytes: number
}

export type SearchResult = 'ok' | 'illegal' | 'time' | 'memory'

const CHECK_EVERY = 1024
const ENTRY_OVERHEAD_BYTES = 120

/** Sets of operations with the states they led to. */
class Memo<S> {
  readonly #buckets = new Map<number, { bits: Uint32Array; state: S }[]>()
  readonly #equal: (a: S, b: S) => boolean
  readonly #hash: (state: S) => number

  constructor(equal: (a: S, b: S) => boolean, hash: (state: S) => number) {
    this.#equal = equal
    this.#hash = hash
  }

  /** False where the configuration is already there. */
  add(bits: Uint32Array, state: S): boolean {
    let hash = this.#hash(state) | 0
    for (const word of bits) hash = Math.imul(hash ^ word, 0x9e3779b1) ^ (hash >>> 15)
    const bucket = this.#buckets.get(hash)
    if (bucket === undefined) {
      this.#buckets.set(hash, [{ bits: bits.slice(), state }])
      return true
    }
    for (const entry of bucket) {
      if (this.#equal(entry.state, state) && entry.bits.every((word, i) => word === bits[i])) return false
    }
    bucket.push({ bits: bits.slice(), state })
    return true
  }
}

/** Calls (even slot 2i) and returns (odd slot 2i+1) in time order, as a doubly linked list with a sentinel. */
const linkEvents = (
  operations: readonly Operation<unknown, unknown>[],
): { next: Int32Array; previous: Int32Array; head: number } => {
  const slots: number[] = []
  for (const [i, operation] of operations.entries()) {
    slots.push(2 * i)
    if (operation.return !== Number.POSITIVE_INFINITY) slots.push(2 * i + 1)
  }
  const timeOf = (slot: number): number => {
    const operation = operations[slot >> 1] as Operation<unknown, unknown>
    return slot % 2 === 0 ? operation.call : operation.return
  }
  // At one and the same time calls come first: the operations overlap.
  slots.sort((a, b) => timeOf(a) - timeOf(b) || (a % 2) - (b % 2) || a - b)
  const head = 2 * operations.length
  const next = new Int32Array(head + 1).fill(-1)
  const previous = new Int32Array(head + 1).fill(-1)
  let last = head
  for (const slot of slots) {
    next[last] = slot
    previous[slot] = last
    last = slot
  }
  return { next, previous, head }
}

export const search = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  budget: Budget,
): SearchResult => {
  const equal = model.equal ?? Object.is
  const { next, previous, head } = linkEvents(operations)
  const bits = new Uint32Array((operations.length >> 5) + 1)
  const memo = new Memo<S>(equal, model.hash ?? (() => 0))
  const placed: { slot: number; state: S; final: boolean }[] = []
  const entryBytes = bits.byteLength + ENTRY_OVERHEAD_BYTES
  let remaining = operations.filter((operation) => operation.return !== Number.POSITIVE_INFINITY).length
  let state = model.init()
  let slot = next[head] as number
  let steps = 0

  const unlink = (at: number): void => {
    const before = previous[at] as number
    const after = next[at] as number
    next[before] = after
    if (after !== -1) previous[after] = before
  }
  const relink = (at: number): void => {
    next[previous[at] as number] = at
    const after = next[at] as number
    if (after !== -1) previous[after] = at
  }
  const returns = (at: number): boolean =>
    (operations[at >> 1] as Operation<I, O>).return !== Number.POSITIVE_INFINITY

  while (remaining > 0) {
    if (++steps % CHECK_EVERY === 0 && budget.now() > budget.deadlineMs) return 'time'
    const operation = operations[slot >> 1]
    if (slot !== -1 && slot % 2 === 0 && operation !== undefined) {
      const after = model.step(state, operation.input, operation.output)
      const pending = operation.output === undefined
      // One that never returned is worth placing only where it changes something.
      if (after !== undefined && !(pending && equal(state, after))) {
        const id = slot >> 1
        bits[id >> 5] = (bits[id >> 5] as number) | (1 << (id & 31))
        if (memo.add(bits, after)) {
          budget.memoryBytes -= entryBytes
          if (budget.memoryBytes < 0) return 'memory'
          const final = !pending && model.readOnly?.(operation.input, operation.output as O) === true
          placed.push({ slot, state, final })
          state = after
          unlink(slot)
          if (!pending) {
            unlink(slot + 1)
            remaining--
          }
          slot = next[head] as number
          continue
        }
        bits[id >> 5] = (bits[id >> 5] as number) & ~(1 << (id & 31))
      }
      slot = next[slot] as number
      continue
    }
    // A return whose call is not placed, or the end with operations left: nothing more can be placed here.
    for (;;) {
      const last = placed.pop()
      if (last === undefined) return 'illegal'
      const id = last.slot >> 1
      bits[id >> 5] = (bits[id >> 5] as number) & ~(1 << (id & 31))
      state = last.state
      if (returns(last.slot)) {
        relink(last.slot + 1)
        remaining++
      }
      relink(last.slot)
      if (last.final) continue
      slot = next[last.slot] as number
      break
    }
  }
  return 'ok'
}
