/**
 * The failing window: as little of an illegal history as still cannot be linearized. Only by reductions that leave a
 * linearizable history linearizable, so that what is left is a proof: what happened before a quiet point is replaced
 * by all states it may have led to, and operations that change nothing are left out. A write that a read needs never
 * goes.
 */
import { compile } from '../general/compile.ts'
import { type Budget, Search } from '../general/search.ts'
import { Transitions } from '../general/transitions.ts'
import { partsOfOperations } from '../history/operations.ts'
import type { Part } from '../history/part.ts'
import type { Model, Operation } from '../model.ts'

export interface Window<S, I, O> {
  readonly operations: readonly Operation<I, O>[]
  /** Of each in the history that was given. */
  readonly indices: readonly number[]
  /** What the object may have been when it begins. */
  readonly from: readonly S[]
  /** False where a limit ran out: less of it may do. */
  readonly minimal: boolean
}

interface Searcher {
  /** True, false, or null where a limit ran out. */
  isIllegal<S, I, O>(
    model: Model<S, I, O>,
    from: readonly S[],
    operations: readonly Operation<I, O>[],
  ): boolean | null
  /** All states that linearizations may lead to; null where a limit ran out. */
  ends<S, I, O>(model: Model<S, I, O>, operations: readonly Operation<I, O>[]): readonly S[] | null
}

const onePart = <S, I, O>(model: Model<S, I, O>, operations: readonly Operation<I, O>[]): Part<I, O> => {
  const { partition: _, ...whole } = model
  // An operation that is open keeps the output it gave later; the search takes that.
  const told = operations.map((operation) =>
    operation.return === Number.POSITIVE_INFINITY ? { ...operation, output: undefined } : operation,
  )
  const [part] = partsOfOperations(whole, told)
  return {
    ...(part as Part<I, O>),
    output: (position) => operations[(part as Part<I, O>).index[position] as number]?.output,
  }
}

const searcher = (budget: Budget): Searcher => ({
  isIllegal: (model, from, operations) => {
    if (operations.length === 0) return false
    const part = onePart(model, operations)
    const compiled = compile(model, part)
    const machine = new Transitions(model, part, compiled.classOf)
    for (const state of from) {
      const { verdict } = new Search(compiled, machine, budget).run(machine.intern(state))
      if (verdict !== 'illegal') return verdict === 'ok' ? false : null
    }
    return true
  },
  ends: (model, operations) => {
    const part = onePart(model, operations)
    const compiled = compile(model, part)
    const machine = new Transitions(model, part, compiled.classOf)
    const ends = new Set<number>()
    const { verdict } = new Search(compiled, machine, budget).run(machine.intern(model.init()), ends)
    return verdict === 'unknown' ? null : [...ends].map((id) => machine.state(id))
  },
})

/** The last moment before `position` at which nothing was open: the first operation after it, or 0. */
const quietPoint = (operations: readonly Operation<unknown, unknown>[], position: number): number => {
  let latest = Number.NEGATIVE_INFINITY
  let quiet = 0
  for (let i = 0; i <= position; i++) {
    const { call, return: end } = operations[i] as Operation<unknown, unknown>
    if (latest < call) quiet = i
    latest = Math.max(latest, end)
  }
  return quiet
}

/** Leaves out as many of the droppable positions as it can, halves first (Zeller and Hildebrandt's ddmin 2002). */
const thinOut = (
  kept: readonly number[],
  droppable: ReadonlySet<number>,
  fails: (positions: readonly number[]) => boolean | null,
): { readonly kept: readonly number[]; readonly minimal: boolean } => {
  let current = kept
  let left = kept.filter((position) => droppable.has(position))
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < left.length; ) {
      const chunk = new Set(left.slice(from, from + size))
      const candidate = current.filter((position) => !chunk.has(position))
      const failing = fails(candidate)
      if (failing === null) return { kept: current, minimal: false }
      if (failing) {
        current = candidate
        left = left.filter((position) => !chunk.has(position))
      } else from += size
    }
  }
  return { kept: current, minimal: true }
}

/** `operations` cannot be linearized, in order of calls; `blocked` is the position of the one that could not return. */
export const failingWindow = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  blocked: number,
  budget: Budget,
): Window<S, I, O> => {
  const search = searcher(budget)
  const quiet = quietPoint(operations, blocked)
  const ends = quiet === 0 ? [model.init()] : search.ends(model, operations.slice(0, quiet))
  const start = ends === null || ends.length === 0 ? 0 : quiet
  const from = start === 0 ? [model.init()] : (ends as readonly S[])
  const positions = operations.map((_, i) => i).slice(start)
  const pick = (some: readonly number[]): Operation<I, O>[] =>
    some.map((i) => operations[i] as Operation<I, O>)
  const droppable = new Set(
    positions.filter((i) => {
      const { input, output } = operations[i] as Operation<I, O>
      return i !== blocked && model.readOnly?.(input, output) === true
    }),
  )
  const { kept, minimal } = thinOut(positions, droppable, (some) => search.isIllegal(model, from, pick(some)))
  return { operations: pick(kept), indices: kept, from, minimal: minimal && start === quiet }
}
