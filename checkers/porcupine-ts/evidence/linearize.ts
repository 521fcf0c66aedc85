/** One order for each partition, as far as one gets: what a person can follow step by step. */
import { budgetOf } from '../check.ts'
import { compile, restricting } from '../general/compile.ts'
import { determinize, isNondeterministic } from '../general/determinize.ts'
import { replay } from '../general/order.ts'
import { type Budget, Search, type SearchResult } from '../general/search.ts'
import { Transitions } from '../general/transitions.ts'
import { partsOfOperations } from '../history/operations.ts'
import { type Part, partOf } from '../history/part.ts'
import type { AnyModel, Limits, Model, Operation } from '../model.ts'

/** Operations by their index in the input. */
export interface PartialLinearization {
  readonly partition: string | number
  /** What can be ordered, in order; empty where a limit ran out first. */
  readonly order: readonly number[]
  /** The state after each, in words. */
  readonly states: readonly string[]
  /** Up to whose return it goes: that operation cannot return as it did. Null: it goes to the end. */
  readonly blocked: number | null
  /** False: a limit ran out. */
  readonly decided: boolean
}

interface Attempt {
  readonly result: SearchResult
  /** Position of the operation whose return nothing passes. */
  readonly blocked: number
  readonly order: readonly number[]
  readonly states: readonly string[]
}

const attempt = <S, I, O>(model: Model<S, I, O>, part: Part<I, O>, end: number, budget: Budget): Attempt => {
  const positions = restricting(model, part, end)
  const some = partOf(part, positions, end)
  const compiled = compile(model, some)
  const machine = new Transitions(model, some, compiled.classOf)
  const initial = machine.intern(model.init())
  const search = new Search(compiled, machine, budget)
  const result = search.run(initial)
  const event = result.verdict === 'illegal' ? (compiled.events[result.event] as number) : 0
  const blocked = positions[event >> 1] as number
  if (result.verdict !== 'ok') return { result, blocked, order: [], states: [] }
  const { order, states } = replay(compiled, machine, initial, search.choices)
  const show = model.describeState ?? String
  return {
    result,
    blocked,
    order: order.map((i) => some.index[i] as number),
    states: states.map((state) => show(machine.state(state))),
  }
}

const linearizePart = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  budget: Budget,
): PartialLinearization => {
  const whole = attempt(model, part, Number.POSITIVE_INFINITY, budget)
  const isIllegal = whole.result.verdict === 'illegal'
  const { result, order, states } = isIllegal
    ? attempt(model, part, part.return[whole.blocked] as number, budget)
    : whole
  return {
    partition: part.key,
    order,
    states,
    blocked: isIllegal ? (part.index[whole.blocked] as number) : null,
    decided: result.verdict === 'ok',
  }
}

/**
 * A linearization of each partition, or of its longest prefix that has one.
 *
 * @throws MalformedHistoryError naming the operation, where the input is no history.
 */
export const linearize = <S, I, O>(
  given: AnyModel<S, I, O>,
  operations: readonly Operation<I, O>[],
  limits: Limits = {},
): readonly PartialLinearization[] => {
  const budget = budgetOf(limits)
  if (!isNondeterministic(given))
    return partsOfOperations(given, operations).map((part) => linearizePart(given, part, budget))
  const model = determinize(given)
  return partsOfOperations(model, operations).map((part) => linearizePart(model, part, budget))
}
