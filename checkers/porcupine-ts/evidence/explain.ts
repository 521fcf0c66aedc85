/** Why a history is illegal, for a person: the failing window, how far it can be ordered, and a diagram. */
import { budgetOf } from '../check.ts'
import { determinize, isNondeterministic } from '../general/determinize.ts'
import type { AnyModel, Illegal, Limits, Model, Operation } from '../model.ts'
import { type Attempt, longestAttempts } from './attempts.ts'
import { drawDiagram } from './diagram.ts'
import { subHistory } from './sub-history.ts'
import { failingWindow, type Window } from './window.ts'

/** Operations are given by their index in the history. */
export interface ExplainedAttempt {
  readonly order: readonly number[]
  readonly state: string
  readonly refused: readonly { readonly operation: number; readonly why: string }[]
}

export interface Explanation {
  /** Indices in the history, in order of calls: the failing window. */
  readonly window: readonly number[]
  /** The states in which the object may be when the window begins, in words. */
  readonly from: readonly string[]
  readonly minimal: boolean
  /** The longest possible orders, and why none goes further; empty for a long window. */
  readonly attempts: readonly ExplainedAttempt[]
  /** For operations in none of those: the longest order that contains them. */
  readonly others: readonly ExplainedAttempt[]
  readonly text: string
}

const MAX_ATTEMPTS = 3
const DEFAULT_TIME_MS = 2000
const DEFAULT_MEMORY_BYTES = 2 ** 28
/** Limit of operations in the diagram. */
const MAX_BARS = 40

/** `operations` are those that were checked. The limits apply to the explanation alone. */
export const explain = <S, I, O>(
  model: AnyModel<S, I, O>,
  operations: readonly Operation<I, O>[],
  result: Illegal,
  limits: Limits = {},
): Explanation =>
  isNondeterministic(model)
    ? explainBy(determinize(model), operations, result, limits)
    : explainBy(model, operations, result, limits)

const explainBy = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  result: Illegal,
  limits: Limits,
): Explanation => {
  const budget = budgetOf({ timeMs: DEFAULT_TIME_MS, memoryBytes: DEFAULT_MEMORY_BYTES, ...limits })
  const witness = subHistory(operations, result, result.witness)
  const window = failingWindow(model, witness, result.witness.indexOf(result.blocked), budget)
  const indexOf = (position: number): number => result.witness[window.indices[position] as number] as number
  const showState = model.describeState ?? String
  const isOver = (): boolean => budget.now() > budget.deadlineMs
  const tell = ({ order, state, refused }: Attempt<S>): ExplainedAttempt => ({
    order: order.map(indexOf),
    state: showState(state),
    refused: refused.map(({ position, why }) => ({ operation: indexOf(position), why })),
  })
  const found = longestAttempts(model, window.operations, window.from, MAX_ATTEMPTS, isOver)
  const attempts = found.longest.map(tell)
  const from = window.from.map(showState)
  const indices = window.operations.map((_, position) => indexOf(position))
  const lines = attempts.flatMap(({ order, refused }) => {
    const said = order.map((index) => say(model, operations[index] as Operation<I, O>))
    return [
      `possible so far: ${said.join(', ') || 'nothing'}`,
      ...refused.map(({ why }) => `  but then ${why}`),
    ]
  })
  const text = [
    `it begins as ${from.join(' or ')}`,
    draw(model, window, result.witness.indexOf(result.blocked)),
    ...lines,
  ].join('\n')
  return { window: indices, from, minimal: window.minimal, attempts, others: found.others.map(tell), text }
}

const say = <S, I, O>(model: Model<S, I, O>, { input, output }: Operation<I, O>): string =>
  model.describe?.(input, output) ?? JSON.stringify({ input, output })

const draw = <S, I, O>(model: Model<S, I, O>, window: Window<S, I, O>, blocked: number): string => {
  const at = window.indices.indexOf(blocked)
  const shown = window.operations.map((operation, i) => ({ operation, i })).slice(-MAX_BARS)
  return drawDiagram(
    shown.map(({ operation, i }) => ({
      row: `client ${operation.client}`,
      start: operation.call,
      end: operation.return === Number.POSITIVE_INFINITY ? null : operation.return,
      label: say(model, operation),
      ...(i === at ? { note: 'cannot be placed' } : {}),
    })),
  )
}
