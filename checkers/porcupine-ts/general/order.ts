/** Turns the choices of a search that reached the end into the linearization that it found. */
import { int32 } from '../history/allocate.ts'
import type { Machine } from './budget.ts'
import type { Compiled } from './compile.ts'
import { IMPOSSIBLE } from './transitions.ts'

/** What the search chose before the return of an operation that was not placed yet: see `Search`. */
export interface Choice {
  readonly event: number
  /** 0: it was absorbed; 1: it was placed; then the slots, then the classes of operations that never return. */
  readonly cursor: number
}

export interface Linearization {
  /** Operations in a possible order; those that never returned only if they took effect. */
  readonly order: readonly number[]
  /** The state after each of them. */
  readonly states: readonly number[]
}

/** Repeats the choices and records what is placed. */
class Replay {
  readonly #compiled: Compiled
  readonly #machine: Machine
  readonly #placed = new Set<number>()
  readonly #open = new Set<number>()
  readonly #holder: Int32Array
  /** For each class of operations that never return, how many were used. */
  readonly #used: Int32Array
  /** Open operation that overwrites -> step of another one placed since, before which it can be placed. */
  readonly #absorber = new Map<number, number>()
  readonly #steps: { readonly operation: number; readonly before: number[]; readonly state: number }[] = []
  readonly #start: number
  #state: number
  #at = 0

  constructor(compiled: Compiled, machine: Machine, initial: number) {
    this.#compiled = compiled
    this.#machine = machine
    this.#start = initial
    this.#state = initial
    this.#holder = int32(compiled.slots)
    this.#used = int32(compiled.pendingStarts.length)
  }

  run(choices: readonly Choice[]): Linearization {
    for (const { event, cursor } of choices) {
      this.#advance(event)
      this.#choose(event, cursor)
    }
    this.#advance(this.#compiled.events.length)
    return this.#written()
  }

  #choose(event: number, cursor: number): void {
    const { events, slots, pending, pendingStarts } = this.#compiled
    const returning = (events[event] as number) >> 1
    if (cursor === 0) {
      this.#steps[this.#absorber.get(returning) as number]?.before.push(returning)
      this.#placed.add(returning)
      return
    }
    if (cursor === 1) return this.#place(returning)
    if (cursor < 2 + slots) return this.#place(this.#holder[cursor - 2] as number)
    const group = cursor - 2 - slots
    const used = this.#used[group] as number
    this.#used[group] = used + 1
    this.#place(pending[(pendingStarts[group] as number) + used] as number)
  }

  #place(operation: number): void {
    const { readOnly, overwrites } = this.#compiled
    this.#put(operation)
    if (overwrites[operation] === 1)
      for (const other of this.#open)
        if (overwrites[other] === 1 && !this.#placed.has(other) && !this.#absorber.has(other))
          this.#absorber.set(other, this.#steps.length - 1)
    for (const other of this.#open) if (readOnly[other] === 1) this.#placeReader(other)
  }

  #placeReader(operation: number): void {
    const isPossible = this.#machine.step(this.#state, operation) !== IMPOSSIBLE
    if (isPossible && !this.#placed.has(operation)) this.#put(operation)
  }

  #put(operation: number): void {
    this.#state = this.#machine.step(this.#state, operation)
    this.#placed.add(operation)
    this.#steps.push({ operation, before: [], state: this.#state })
  }

  /** Processes the calls and returns before an event. */
  #advance(event: number): void {
    const { events, slotOf, readOnly } = this.#compiled
    for (; this.#at < event; this.#at++) {
      const operation = (events[this.#at] as number) >> 1
      const slot = slotOf[operation] as number
      if (slot < 0) continue
      if (((events[this.#at] as number) & 1) === 1) {
        this.#open.delete(operation)
        this.#placed.delete(operation)
        this.#absorber.delete(operation)
        continue
      }
      this.#open.add(operation)
      this.#holder[slot] = operation
      if (readOnly[operation] === 1) this.#placeReader(operation)
    }
  }

  #written(): Linearization {
    const order: number[] = []
    const states: number[] = []
    let state = this.#start
    for (const { operation, before, state: after } of this.#steps) {
      for (const absorbed of before) {
        order.push(absorbed)
        states.push(this.#machine.step(state, absorbed))
      }
      order.push(operation)
      states.push(after)
      state = after
    }
    return { order, states }
  }
}

export const replay = (
  compiled: Compiled,
  machine: Machine,
  initial: number,
  choices: readonly Choice[],
): Linearization => new Replay(compiled, machine, initial).run(choices)
