/** How far a failing window can be ordered, and why no further. */
import type { Model, Operation } from '../model.ts'

export interface Attempt<S> {
  readonly from: S
  /** Positions in the window, in a possible order. */
  readonly order: readonly number[]
  readonly state: S
  /** Operations that could come next by their times, and why they cannot. */
  readonly refused: readonly { readonly position: number; readonly why: string }[]
}

const MAX_CONFIGURATIONS = 20_000
/** For a longer window no orders are tried: they would be too long to read. So many bits are exact in a number. */
const MAX_OPERATIONS = 40

interface PossibleOrder<S> {
  readonly from: S
  readonly order: readonly number[]
  readonly state: S
}

const returned = (operation: Operation<unknown, unknown>): boolean =>
  operation.return !== Number.POSITIVE_INFINITY

/** The operations that can come next: not placed, and not called after the return of another one not placed. */
const candidatesOf = (
  operations: readonly Operation<unknown, unknown>[],
  isPlaced: Uint8Array,
): readonly number[] => {
  let earliest = Number.POSITIVE_INFINITY
  for (let i = 0; i < operations.length; i++)
    if (isPlaced[i] === 0)
      earliest = Math.min(earliest, (operations[i] as Operation<unknown, unknown>).return)
  const found: number[] = []
  for (let i = 0; i < operations.length; i++)
    if (isPlaced[i] === 0 && (operations[i] as Operation<unknown, unknown>).call <= earliest) found.push(i)
  return found
}

/** The longest orders, and for each operation in none of those, the longest order that contains it. */
export interface Attempts<S> {
  /** One for each final state. */
  readonly longest: readonly Attempt<S>[]
  readonly others: readonly Attempt<S>[]
}

class Explorer<S, I, O> {
  readonly #model: Model<S, I, O>
  readonly #operations: readonly Operation<I, O>[]
  readonly #isOver: () => boolean
  readonly #seen = new Set<string>()
  /** Final state, in words -> order. */
  #longest = new Map<string, PossibleOrder<S>>()
  #size = -1
  readonly #containing = new Map<number, PossibleOrder<S>>()
  /** 1: in the order that is being extended. */
  readonly #isPlaced: Uint8Array

  constructor(model: Model<S, I, O>, operations: readonly Operation<I, O>[], isOver: () => boolean) {
    this.#model = model
    this.#operations = operations
    this.#isOver = isOver
    this.#isPlaced = new Uint8Array(operations.length)
  }

  explore(from: readonly S[], most: number): Attempts<S> {
    for (const state of from) this.#extend({ from: state, order: [], state }, 0, 0)
    const longest = [...this.#longest.values()].slice(0, most)
    const told = new Set(longest.flatMap(({ order }) => order))
    const others = new Set(
      [...this.#containing].flatMap(([position, found]) => (told.has(position) ? [] : found)),
    )
    return {
      longest: longest.map((found) => this.#say(found)),
      others: [...others].map((found) => this.#say(found)),
    }
  }

  #show(state: S): string {
    return (this.#model.describeState ?? String)(state)
  }

  /**
   * @param placed what is in the order, as bits
   * @param size how many of these returned
   */
  #extend(found: PossibleOrder<S>, placed: number, size: number): void {
    const { from, order, state } = found
    const shown = this.#show(state)
    const key = `${placed} ${shown}`
    if (this.#seen.has(key) || this.#seen.size > MAX_CONFIGURATIONS || this.#isOver()) return
    this.#seen.add(key)
    this.#note(found, shown, size)
    for (const position of candidatesOf(this.#operations, this.#isPlaced)) {
      const operation = this.#operations[position] as Operation<I, O>
      const after = this.#model.step(state, operation.input, operation.output)
      if (after === undefined) continue
      this.#isPlaced[position] = 1
      const longer = { from, order: [...order, position], state: after }
      this.#extend(longer, placed + 2 ** position, size + (returned(operation) ? 1 : 0))
      this.#isPlaced[position] = 0
    }
  }

  #note(found: PossibleOrder<S>, shown: string, size: number): void {
    const { order } = found
    if (size > this.#size) {
      this.#size = size
      this.#longest = new Map()
    }
    if (size === this.#size && !this.#longest.has(shown)) this.#longest.set(shown, found)
    for (const position of order)
      if ((this.#containing.get(position)?.order.length ?? 0) < order.length)
        this.#containing.set(position, found)
  }

  #say({ from, order, state }: PossibleOrder<S>): Attempt<S> {
    const isPlaced = Uint8Array.from(this.#operations, (_, position) => Number(order.includes(position)))
    const refused = candidatesOf(this.#operations, isPlaced).flatMap((position) => {
      const { input, output } = this.#operations[position] as Operation<I, O>
      if (this.#model.step(state, input, output) !== undefined) return []
      const text = this.#model.describe?.(input, output) ?? JSON.stringify({ input, output })
      return [{ position, why: `${text} is not possible when it is ${this.#show(state)}` }]
    })
    return { from, order, state, refused }
  }
}

/** At most `most` longest orders; none for a long window. */
export const longestAttempts = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  from: readonly S[],
  most: number,
  isOver: () => boolean,
): Attempts<S> =>
  operations.length > MAX_OPERATIONS
    ? { longest: [], others: [] }
    : new Explorer(model, operations, isOver).explore(from, most)
