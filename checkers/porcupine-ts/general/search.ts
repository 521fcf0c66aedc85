/**
 * Search for a linearization of one partition: Wing and Gong's algorithm (1993), depth first, with Lowe's memo of
 * configurations and just-in-time linearization (2017): an operation is placed no earlier than a return needs it.
 *
 * A configuration is a point before the return of an operation x that is not placed yet. It consists of that event, the
 * state, the open operations that are placed, those that are absorbed, and those that never return and were used. To
 * pass the event, x must be placed, after none, one or more of the other open operations. These rules keep the search
 * small:
 *
 * - An operation that changes nothing is placed as soon as it is possible, and this is never undone. A linearization in
 *   which it comes later is still one if the operation is moved here.
 * - An operation that overwrites the state (`overwrites`) can come directly before another one of its kind, where no
 *   operation sees it. So once an overwriting operation is placed, all others that are open are *absorbed*. An absorbed
 *   operation may still be placed where it is seen; if it is not, it may return as already overwritten. For the same
 *   reason no overwriting operation is placed directly after another one at the same event.
 * - Operations of one class that never return are used in order of their calls, since they differ in nothing else.
 * - A configuration is entered once, and not at all if an earlier one can do everything that it can. That is the case if
 *   the same operations that change something are placed, and the earlier one has used no more operations that never
 *   return, has no more of the others left to place, and has absorbed no fewer. Bits belong to slots, and slots to open
 *   operations, so the width of a memo row depends on how concurrent the history is, not on how long it is.
 */
import { int32 } from '../history/allocate.ts'
import { type Budget, type Machine, OutOfTimeError, type SearchResult } from './budget.ts'
import type { Compiled } from './compile.ts'
import { Memo } from './memo.ts'
import type { Choice } from './order.ts'
import { isOutOfMemory } from './out-of-memory.ts'
import { IMPOSSIBLE } from './transitions.ts'

const CHECK_EVERY = 512

// The fixed words of a frame. The words of placed, absorbed and used bits follow.
const EVENT = 0
const STATE = 1
const FRESH = 2
const CURSOR = 3
const BITS = 4

export class Search {
  readonly #compiled: Compiled
  readonly #machine: Machine
  readonly #budget: Budget
  readonly #words: number
  readonly #pendingWords: number
  readonly #width: number
  readonly #memo: Memo
  /** The stack: frames of `width` words. The next frame is built above the top one. */
  #frames: Int32Array
  /** The operation in each slot at event `#at`, and the slots of open operations, as bits, by their kind. */
  readonly #holder: Int32Array
  readonly #readers: Int32Array
  readonly #writers: Int32Array
  readonly #blind: Int32Array
  #at = 0
  /** The last event before which some configuration of this exploration stood. */
  #furthest = 0
  /** After a successful run, the number of frames that led to the end. */
  #depth = 0
  /** The row that is looked up in the memo. */
  readonly #row: Int32Array

  constructor(compiled: Compiled, machine: Machine, budget: Budget) {
    this.#compiled = compiled
    this.#machine = machine
    this.#budget = budget
    this.#words = Math.max(1, (compiled.slots + 31) >> 5)
    this.#pendingWords = (compiled.pending.length + 31) >> 5
    this.#width = BITS + 2 * this.#words + this.#pendingWords
    this.#memo = new Memo(2 + this.#words, this.#words + this.#pendingWords, budget.memoryBytes)
    this.#row = int32(this.#width - 2)
    this.#frames = int32(this.#width * 64)
    this.#holder = int32(Math.max(1, compiled.slots))
    this.#readers = int32(this.#words)
    this.#writers = int32(this.#words)
    this.#blind = int32(this.#words)
  }

  /**
   * Begins in each of the given states. With `ends`, it continues after the end and collects all states to which a
   * linearization may lead; the result is then `illegal` once there are no more.
   */
  run(initials: readonly number[], ends?: Set<number>): SearchResult {
    try {
      // All are in the memo before one is explored, so that nothing is explored twice.
      for (const initial of initials) {
        if (!this.#begin(initial)) {
          const added = this.#remember(0)
          if (added === 'no memory') return this.#unknown('memory', 0)
          continue
        }
        if (ends === undefined) return { verdict: 'ok', visited: 0 }
        ends.add(initial)
      }
      let furthest = 0
      for (const initial of initials) {
        if (this.#begin(initial)) continue
        const result = this.#explore(ends)
        if (result.verdict !== 'illegal') return result
        furthest = Math.max(furthest, result.event)
      }
      return { verdict: 'illegal', event: furthest, visited: this.#memo.count }
    } catch (error) {
      if (error instanceof OutOfTimeError) return this.#unknown('time', this.#furthest)
      // The limits of the search are in the budget. These are limits of V8.
      if (isOutOfMemory(error)) return this.#unknown('memory', 0)
      throw error
    }
  }

  /** Makes the first frame; true if the end is reached at once. */
  #begin(initial: number): boolean {
    this.#seek(0)
    this.#frames.fill(0, 0, this.#width)
    this.#frames[STATE] = initial
    return this.#advance(0)
  }

  #explore(ends: Set<number> | undefined): SearchResult {
    const { events } = this.#compiled
    this.#furthest = this.#frames[EVENT] as number
    let top = 0
    for (let steps = 1; top >= 0; steps++) {
      if (steps % CHECK_EVERY === 0) {
        const reason = this.#exhausted()
        if (reason !== null) return this.#unknown(reason, this.#furthest)
      }
      const base = top * this.#width
      this.#seek(this.#frames[base + EVENT] as number)
      if (!this.#nextChild(base)) {
        top--
        continue
      }
      const child = base + this.#width
      if (this.#frames[child + EVENT] === events.length) {
        this.#depth = top + 1
        if (ends === undefined) return { verdict: 'ok', visited: this.#memo.count }
        ends.add(this.#frames[child + STATE] as number)
        if (ends.size > (this.#budget.ends ?? ends.size)) return this.#unknown('visits', this.#furthest)
        continue
      }
      this.#furthest = Math.max(this.#furthest, this.#frames[child + EVENT] as number)
      const added = this.#remember(child)
      if (added === 'no memory') return this.#unknown('memory', this.#furthest)
      if (added === 'new') top++
    }
    return { verdict: 'illegal', event: this.#furthest, visited: this.#memo.count }
  }

  /** The choices of a successful run, in order: see `replay`. */
  get choices(): readonly Choice[] {
    return Array.from({ length: this.#depth }, (_, i) => ({
      event: this.#frames[i * this.#width + EVENT] as number,
      cursor: (this.#frames[i * this.#width + CURSOR] as number) - 1,
    }))
  }

  #unknown(reason: 'time' | 'memory' | 'visits', event: number): SearchResult {
    let passed = 0
    for (let at = 0; at < event; at++) passed += (this.#compiled.events[at] as number) & 1
    return { verdict: 'unknown', reason, passed, event, visited: this.#memo.count }
  }

  #exhausted(): 'time' | 'memory' | 'visits' | null {
    const { now, deadlineMs, visits = Number.POSITIVE_INFINITY } = this.#budget
    if (now() > deadlineMs) return 'time'
    if (this.#memo.count > visits) return 'visits'
    const bytes = this.#memo.bytes + this.#machine.bytes + this.#frames.byteLength
    return bytes > this.#budget.memoryBytes ? 'memory' : null
  }

  #remember(base: number): ReturnType<Memo['add']> {
    const row = this.#row
    const words = this.#words
    const placed = base + BITS
    row[0] = this.#frames[base + EVENT] as number
    row[1] = this.#frames[base + STATE] as number
    for (let i = 0; i < words; i++) {
      const writers = this.#writers[i] as number
      const done = this.#frames[placed + i] as number
      row[2 + i] = done & writers
      row[2 + words + i] =
        (writers | (this.#readers[i] as number)) & ~done & ~(this.#frames[placed + words + i] as number)
    }
    for (let i = 0; i < this.#pendingWords; i++)
      row[2 + 2 * words + i] = this.#frames[placed + 2 * words + i] as number
    return this.#memo.add(row)
  }

  /**
   * Makes the next child of the frame at `base`; false if none is left. The order is: the returning operation absorbed,
   * then placed; other open operations placed, by slots; operations that never return, by classes.
   */
  #nextChild(base: number): boolean {
    const { events, slotOf, slots, pending, pendingStarts } = this.#compiled
    const returning = (events[this.#frames[base + EVENT] as number] as number) >> 1
    const slot = slotOf[returning] as number
    const end = 1 + slots + pendingStarts.length
    for (let cursor = this.#frames[base + CURSOR] as number; cursor < end; cursor++) {
      let made = false
      if (cursor === 0) made = this.#isSet(base, this.#words, slot) && this.#absorb(base, slot)
      else if (cursor === 1) made = this.#place(base, returning, slot, -1)
      else if (cursor < 2 + slots) {
        cursor = 2 + this.#nextPlaceable(base, cursor - 2)
        if (cursor >= 2 + slots) {
          cursor = 1 + slots
          continue
        }
        made = cursor - 2 !== slot && this.#place(base, this.#holder[cursor - 2] as number, slot, -1)
      } else {
        const index = this.#nextPending(base, cursor - 2 - slots)
        made = index >= 0 && this.#place(base, pending[index] as number, slot, index)
      }
      if (!made) continue
      this.#frames[base + CURSOR] = cursor + 1
      return true
    }
    return false
  }

  /** The next slot, starting at `from`, of an open operation that changes something and is not placed. */
  #nextPlaceable(base: number, from: number): number {
    for (let word = from >> 5; word < this.#words; word++) {
      let open = (this.#writers[word] as number) & ~(this.#frames[base + BITS + word] as number)
      if (word === from >> 5) open &= -1 << (from & 31)
      if (open !== 0) return 32 * word + (31 - Math.clz32(open & -open))
    }
    return 32 * this.#words
  }

  /** The first unused operation of a class of operations that never return, if it has been called; otherwise -1. */
  #nextPending(base: number, group: number): number {
    const { pendingStarts, pendingFrom } = this.#compiled
    const end = pendingStarts[group + 1] as number
    for (let index = pendingStarts[group] as number; index < end; index++) {
      if (this.#isSet(base, 2 * this.#words, index)) continue
      return (pendingFrom[index] as number) < (this.#frames[base + EVENT] as number) ? index : -1
    }
    return -1
  }

  #absorb(base: number, slot: number): boolean {
    const child = this.#copy(base)
    this.#set(child, 0, slot)
    this.#advance(child)
    return true
  }

  /** Places an operation. The child is at the same event, or at a later one if `needed` is now placed. */
  #place(base: number, operation: number, needed: number, pendingIndex: number): boolean {
    const { slotOf, overwrites } = this.#compiled
    const slot = slotOf[operation] as number
    const blind = overwrites[operation] === 1
    if (blind && this.#frames[base + FRESH] === 1) return false
    const state = this.#frames[base + STATE] as number
    const after = this.#machine.step(state, operation)
    if (after === IMPOSSIBLE) return false
    const child = this.#copy(base)
    this.#frames[child + STATE] = after
    if (slot >= 0) {
      this.#set(child, 0, slot)
      this.#clear(child, this.#words, slot)
    } else this.#set(child, 2 * this.#words, pendingIndex)
    this.#frames[child + FRESH] = blind ? 1 : 0
    const absorbed = blind && this.#absorbOthers(child)
    // An operation that may not have happened is placed only if that has an effect.
    if (pendingIndex >= 0 && after === state && !absorbed) return false
    this.#placeReaders(child)
    if (this.#isSet(child, 0, needed)) this.#advance(child)
    return true
  }

  /**
   * An overwriting operation was placed: every other one that is open and not placed can come before it. True if one of
   * them was not absorbed already.
   */
  #absorbOthers(base: number): boolean {
    let news = 0
    for (let word = 0; word < this.#words; word++) {
      const placed = base + BITS + word
      const absorbed = placed + this.#words
      const more =
        (this.#blind[word] as number) &
        ~(this.#frames[placed] as number) &
        ~(this.#frames[absorbed] as number)
      this.#frames[absorbed] = (this.#frames[absorbed] as number) | more
      news |= more
    }
    return news !== 0
  }

  #placeReaders(base: number): void {
    for (let word = 0; word < this.#words; word++) {
      let open = (this.#readers[word] as number) & ~(this.#frames[base + BITS + word] as number)
      for (; open !== 0; open &= open - 1) {
        const slot = 32 * word + (31 - Math.clz32(open & -open))
        this.#placeReader(base, this.#holder[slot] as number, slot)
      }
    }
  }

  #placeReader(base: number, operation: number, slot: number): void {
    if (this.#machine.step(this.#frames[base + STATE] as number, operation) === IMPOSSIBLE) return
    this.#set(base, 0, slot)
    this.#frames[base + FRESH] = 0
  }

  /** Passes calls, and returns of placed operations, up to the first return that is blocked; true at the end. */
  #advance(base: number): boolean {
    const { events, slotOf, readOnly } = this.#compiled
    let at = this.#frames[base + EVENT] as number
    const start = at
    for (; at < events.length; at++) {
      const event = events[at] as number
      const operation = event >> 1
      const slot = slotOf[operation] as number
      if ((event & 1) === 1) {
        if (!this.#isSet(base, 0, slot)) break
        this.#clear(base, 0, slot)
        this.#clear(base, this.#words, slot)
        this.#leave(slot)
      } else if (slot >= 0) {
        this.#enter(slot, operation)
        if (readOnly[operation] === 1) this.#placeReader(base, operation, slot)
      }
    }
    if (at > start) this.#frames[base + FRESH] = 0
    this.#frames[base + EVENT] = at
    this.#at = at
    return at === events.length
  }

  /** Restores the set of open operations at an earlier event. */
  #seek(event: number): void {
    const { events, slotOf } = this.#compiled
    while (this.#at > event) {
      const passed = events[--this.#at] as number
      const operation = passed >> 1
      const slot = slotOf[operation] as number
      if (slot < 0) continue
      if ((passed & 1) === 1) this.#enter(slot, operation)
      else this.#leave(slot)
    }
  }

  #enter(slot: number, operation: number): void {
    const { readOnly, overwrites, waits } = this.#compiled
    const word = slot >> 5
    const bit = 1 << (slot & 31)
    this.#holder[slot] = operation
    if (waits[operation] === 1) return
    if (readOnly[operation] === 1) {
      this.#readers[word] = (this.#readers[word] as number) | bit
      return
    }
    this.#writers[word] = (this.#writers[word] as number) | bit
    if (overwrites[operation] === 1) this.#blind[word] = (this.#blind[word] as number) | bit
  }

  #leave(slot: number): void {
    const word = slot >> 5
    const others = ~(1 << (slot & 31))
    this.#readers[word] = (this.#readers[word] as number) & others
    this.#writers[word] = (this.#writers[word] as number) & others
    this.#blind[word] = (this.#blind[word] as number) & others
  }

  #copy(base: number): number {
    const child = base + this.#width
    if (child + this.#width > this.#frames.length) {
      const grown = int32(this.#frames.length * 2)
      grown.set(this.#frames)
      this.#frames = grown
    }
    this.#frames.copyWithin(child, base, child)
    this.#frames[child + CURSOR] = 0
    return child
  }

  #isSet(base: number, words: number, bit: number): boolean {
    return (((this.#frames[base + BITS + words + (bit >> 5)] as number) >>> (bit & 31)) & 1) === 1
  }

  #set(base: number, words: number, bit: number): void {
    const at = base + BITS + words + (bit >> 5)
    this.#frames[at] = (this.#frames[at] as number) | (1 << (bit & 31))
  }

  #clear(base: number, words: number, bit: number): void {
    const at = base + BITS + words + (bit >> 5)
    this.#frames[at] = (this.#frames[at] as number) & ~(1 << (bit & 31))
  }
}
