/**
 * A model as a machine over small numbers. States are interned, and the step from a state by a class of operations is
 * computed once.
 */
import { int32 } from '../history/allocate.ts'
import type { Part } from '../history/part.ts'
import type { Foresight, Model } from '../model.ts'
import { type Budget, OutOfTimeError } from './budget.ts'

export const IMPOSSIBLE = -1
const UNKNOWN = -2

/** Rough size of an interned state and its entry in the index. */
const STATE_BYTES = 200

export class Transitions<S, I, O> {
  readonly #model: Model<S, I, O>
  readonly #foresight: Foresight<S, I, O> | undefined
  readonly #part: Part<I, O>
  readonly #classOf: Int32Array
  readonly #states: S[] = []
  readonly #ids = new Map<S | number, number>()
  /** Hash -> states, if the model has its own equality. */
  readonly #buckets = new Map<number, number[]>()
  // Open addressing: state, class, next state.
  #table = int32(3 * 64).fill(UNKNOWN)
  #mask = 63
  #used = 0
  readonly #budget: Budget

  /**
   * @param budget its time limit ends a step with an OutOfTimeError: a single step of a model may be slow
   * @param foresight for a search that only asks whether there is a linearization. If there is none, the event that no
   * configuration passes means nothing: they end before it
   */
  constructor(
    model: Model<S, I, O>,
    part: Part<I, O>,
    classOf: Int32Array,
    budget: Budget,
    foresight?: Foresight<S, I, O>,
  ) {
    this.#foresight = foresight
    this.#budget = budget
    this.#model = model
    this.#part = part
    this.#classOf = classOf
  }

  get bytes(): number {
    return this.#table.byteLength + this.#states.length * STATE_BYTES
  }

  state(id: number): S {
    return this.#states[id] as S
  }

  intern(state: S): number {
    const { equal, hash } = this.#model
    if (equal === undefined) {
      const known = this.#ids.get(state)
      if (known !== undefined) return known
      this.#ids.set(state, this.#states.length)
      return this.#states.push(state) - 1
    }
    const key = hash?.(state) ?? 0
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = []
      this.#buckets.set(key, bucket)
    }
    for (const id of bucket) if (equal(this.#states[id] as S, state)) return id
    bucket.push(this.#states.length)
    return this.#states.push(state) - 1
  }

  /** The state after operation `operation`, or IMPOSSIBLE. */
  step(state: number, operation: number): number {
    const kind = this.#classOf[operation] as number
    let at = (Math.imul(state, 0x9e3779b1) ^ Math.imul(kind, 0x85ebca6b)) >>> 0
    at = (at ^ (at >>> 15)) & this.#mask
    for (;;) {
      const base = 3 * at
      const to = this.#table[base + 2] as number
      if (to === UNKNOWN) break
      if (this.#table[base] === state && this.#table[base + 1] === kind) return to
      at = (at + 1) & this.#mask
    }
    if (this.#budget.now() > this.#budget.deadlineMs) throw new OutOfTimeError()
    const before = this.#states[state] as S
    const [input, output] = [this.#part.input(operation), this.#part.output(operation)]
    const leads = this.#foresight?.leads(before, input) !== false
    const after = leads ? this.#model.step(before, input, output) : undefined
    const to = after === undefined ? IMPOSSIBLE : Object.is(after, before) ? state : this.intern(after)
    this.#put(state, kind, to)
    return to
  }

  #put(state: number, kind: number, to: number): void {
    if (2 * this.#used > this.#mask) this.#grow()
    this.#used++
    this.#insert(state, kind, to)
  }

  #insert(state: number, kind: number, to: number): void {
    let at = (Math.imul(state, 0x9e3779b1) ^ Math.imul(kind, 0x85ebca6b)) >>> 0
    at = (at ^ (at >>> 15)) & this.#mask
    while (this.#table[3 * at + 2] !== UNKNOWN) at = (at + 1) & this.#mask
    this.#table[3 * at] = state
    this.#table[3 * at + 1] = kind
    this.#table[3 * at + 2] = to
  }

  #grow(): void {
    const old = this.#table
    this.#mask = 2 * this.#mask + 1
    this.#table = int32(3 * (this.#mask + 1)).fill(UNKNOWN)
    for (let base = 0; base < old.length; base += 3) {
      const to = old[base + 2] as number
      if (to !== UNKNOWN) this.#insert(old[base] as number, old[base + 1] as number, to)
    }
  }
}
