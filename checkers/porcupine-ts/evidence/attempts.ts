/** How far one gets in ordering a failing window, and why no further. */
import type { Model, Operation } from '../model.ts'

export interface Attempt<S> {
  readonly from: S
  /** Positions in the window, in an order that is possible. */
  readonly order: readonly number[]
  readonly state: S
  /** What could come next by its times, and why it cannot. */
  readonly refused: readonly { readonly position: number; readonly why: string }[]
}

const MAX_CONFIGURATIONS = 20_000
/** Of a longer window no orders are tried: nobody would read them. */
const MAX_OPERATIONS = 40

interface Found<S> {
  readonly from: S
  readonly order: readonly number[]
  readonly state: S
}

const returned = (operation: Operation<unknown, unknown>): boolean =>
  operation.return !== Number.POSITIVE_INFINITY

/** What is left and was not called after another one left had returned. */
const candidatesOf = (
  operations: readonly Operation<unknown, unknown>[],
  placed: ReadonlySet<number>,
): readonly number[] => {
  let earliest = Number.POSITIVE_INFINITY
  for (const [i, { return: end }] of operations.entries())
    if (!placed.has(i)) earliest = Math.min(earliest, end)
  return operations.flatMap(({ call }, i) => (!placed.has(i) && call <= earliest ? [i] : []))
}

/** The longest orders there are, one for each state they lead to, at most `most` of them; none of a long window. */
export const longestAttempts = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  from: readonly S[],
  most: number,
): readonly Attempt<S>[] => {
  if (operations.length > MAX_OPERATIONS) return []
  const showState = model.describeState ?? String
  let best = -1
  let found: Found<S>[] = []
  const seen = new Set<string>()
  const extend = (start: S, order: readonly number[], state: S): void => {
    const key = `${[...order].sort((a, b) => a - b).join()} ${showState(state)}`
    if (seen.has(key) || seen.size > MAX_CONFIGURATIONS) return
    seen.add(key)
    const size = order.filter((i) => returned(operations[i] as Operation<I, O>)).length
    if (size > best) {
      best = size
      found = []
    }
    if (size === best && found.every((other) => showState(other.state) !== showState(state)))
      found.push({ from: start, order, state })
    for (const position of candidatesOf(operations, new Set(order))) {
      const { input, output } = operations[position] as Operation<I, O>
      const after = model.step(state, input, output)
      if (after !== undefined) extend(start, [...order, position], after)
    }
  }
  for (const state of from) extend(state, [], state)
  return found.slice(0, most).map(({ from: start, order, state }) => ({
    from: start,
    order,
    state,
    refused: candidatesOf(operations, new Set(order)).flatMap((position) => {
      const { input, output } = operations[position] as Operation<I, O>
      if (model.step(state, input, output) !== undefined) return []
      const text = model.describe?.(input, output) ?? JSON.stringify({ input, output })
      return [{ position, why: `${text} is not possible when it is ${showState(state)}` }]
    }),
  }))
}
