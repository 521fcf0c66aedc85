/** One order for each partition, as far as there is one, for a person to follow step by step. */
import { budgetOf } from '../check.ts'
import { type Budget, type SearchResult, UNLIMITED } from '../general/budget.ts'
import { compile, restricting } from '../general/compile.ts'
import { determinize, isNondeterministic } from '../general/determinize.ts'
import { replay } from '../general/order.ts'
import { Search } from '../general/search.ts'
import { Transitions } from '../general/transitions.ts'
import { partsOfOperations } from '../history/operations.ts'
import { type Part, partOf } from '../history/part.ts'
import type { AnyModel, Illegal, Limits, Model, Operation, Result } from '../model.ts'

/** Operations are given by their index in the input. */
export interface PartialLinearization {
  readonly partition: string | number
  /** The operations that can be ordered, in order; empty if a limit ran out first. */
  readonly order: readonly number[]
  /** The state after each of them, in words. */
  readonly states: readonly string[]
  /** The operation that cannot return as it did, where the order ends. Null: the order is complete. */
  readonly blocked: number | null
  /** False: a limit ran out. */
  readonly decided: boolean
}

interface SearchedOrder {
  readonly result: SearchResult
  /** Position of the operation whose return no order passes. */
  readonly blocked: number
  readonly order: readonly number[]
  readonly states: readonly string[]
}

const NONE: SearchedOrder = {
  result: { verdict: 'illegal', event: 0, visited: 0 },
  blocked: 0,
  order: [],
  states: [],
}

/** @param foresees whether it is enough to know if there is an order: `blocked` means nothing then */
const attempt = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  end: number,
  budget: Budget,
  foresees: boolean,
): SearchedOrder => {
  const positions = restricting(model, part, end)
  const given = partOf(part, positions, end)
  const foresight = foresees ? model.foresee?.(given, [model.init()]) : undefined
  if (foresight === null) return NONE
  const some = foresight?.part ?? given
  const compiled = compile(model, some, foresight)
  const machine = new Transitions(model, some, compiled.classOf, budget, foresight)
  const search = new Search(compiled, machine, budget)
  const result = search.run([machine.intern(model.init())])
  const event = result.verdict === 'illegal' ? (compiled.events[result.event] as number) : 0
  const blocked = positions[event >> 1] as number
  if (result.verdict !== 'ok') return { result, blocked, order: [], states: [] }
  // An order that was found is told, however late it is.
  const unlimited = new Transitions(model, some, compiled.classOf, UNLIMITED)
  const { order, states } = replay(compiled, unlimited, unlimited.intern(model.init()), search.choices)
  const show = model.describeState ?? String
  return {
    result,
    blocked,
    order: order.map((i) => some.index[i] as number),
    states: states.map((state) => show(unlimited.state(state))),
  }
}

/** `known`: the operation whose return no order passes, if that is known already. */
const linearizePart = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  known: number | null,
  budget: Budget,
): PartialLinearization => {
  const before = (end: number): SearchedOrder => {
    const foreseen = model.foresee === undefined ? null : attempt(model, part, end, budget, true)
    return foreseen === null || foreseen.result.verdict === 'illegal'
      ? attempt(model, part, end, budget, false)
      : foreseen
  }
  const upTo = (blocked: number): SearchedOrder => before(part.return[blocked] as number)
  let blocked = known
  let last = blocked === null ? before(Number.POSITIVE_INFINITY) : upTo(blocked)
  if (last.result.verdict === 'illegal') {
    blocked = last.blocked
    last = upTo(blocked)
  }
  return {
    partition: part.key,
    order: last.order,
    states: last.states,
    blocked: blocked === null ? null : (part.index[blocked] as number),
    decided: last.result.verdict === 'ok',
  }
}

const SHARE = 0.5

const linearizeParts = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  result: Result | Illegal | null,
  limits: Limits,
): readonly PartialLinearization[] => {
  const whole = budgetOf(limits)
  const blocked = result?.verdict === 'illegal' ? result : null
  // The failing partition comes first. None takes all the time that is left.
  const parts = [...partsOfOperations(model, operations)].sort(
    (a, b) =>
      Number(b.key === blocked?.partition) - Number(a.key === blocked?.partition) || a.count - b.count,
  )
  return parts.map((part) => {
    const left = whole.deadlineMs - whole.now()
    const budget = { ...whole, deadlineMs: whole.now() + (parts.length === 1 ? left : SHARE * left) }
    const known = part.key === blocked?.partition ? part.index.indexOf(blocked.blocked) : null
    return linearizePart(model, part, known, budget)
  })
}

/**
 * A linearization of each partition, or of its longest prefix that has one. `result`: the result of a check, if there is
 * one; it saves the search for the end of the prefix.
 *
 * @throws MalformedHistoryError naming the operation, if the input is not a valid history.
 */
export const linearize = <S, I, O>(
  model: AnyModel<S, I, O>,
  operations: readonly Operation<I, O>[],
  result: Result | Illegal | null = null,
  limits: Limits = {},
): readonly PartialLinearization[] =>
  isNondeterministic(model)
    ? linearizeParts(determinize(model), operations, result, limits)
    : linearizeParts(model, operations, result, limits)
