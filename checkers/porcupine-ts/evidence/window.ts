/**
 * The failing window: a small part of an illegal history that still cannot be linearized. Each reduction leaves a
 * linearizable history linearizable, so the rest is a proof: everything before some moment is replaced by all states to
 * which it may have led, and operations that change nothing are left out. A write that a read needs is never left out.
 */

import type { Budget } from '../general/budget.ts'
import { compile } from '../general/compile.ts'
import { Search } from '../general/search.ts'
import { allStates } from '../general/stuck.ts'
import { Transitions } from '../general/transitions.ts'
import { partsOfOperations } from '../history/operations.ts'
import type { Part } from '../history/part.ts'
import type { Model, Operation } from '../model.ts'

export interface Window<S, I, O> {
  readonly operations: readonly Operation<I, O>[]
  /** For each operation, its index in the given history. */
  readonly indices: readonly number[]
  /** The states in which the object may be when it begins. */
  readonly from: readonly S[]
  /** False if a limit ran out: a smaller window may be enough. */
  readonly minimal: boolean
}

/** A search that visits more is abandoned: with fewer operations left out it may be short. */
const MAX_VISITS = 20_000
/** If it may begin in more states than that, nobody can follow it: it begins earlier. */
const MAX_STATES = 1000

export interface Searcher {
  /** True, false, or null if a limit ran out. */
  isIllegal<S, I, O>(
    model: Model<S, I, O>,
    from: readonly S[],
    operations: readonly Operation<I, O>[],
  ): boolean | null
  /** All states to which linearizations may lead; null if a limit ran out. */
  ends<S, I, O>(model: Model<S, I, O>, operations: readonly Operation<I, O>[]): readonly S[] | null
}

const onePart = <S, I, O>(model: Model<S, I, O>, operations: readonly Operation<I, O>[]): Part<I, O> => {
  const { partition: _, ...whole } = model
  // An open operation keeps its later output, and its client may continue. The search allows both.
  const told = operations.map((operation, client) =>
    operation.return === Number.POSITIVE_INFINITY
      ? { ...operation, client, output: undefined }
      : { ...operation, client },
  )
  const [part] = partsOfOperations(whole, told)
  return {
    ...(part as Part<I, O>),
    output: (position) => operations[(part as Part<I, O>).index[position] as number]?.output,
  }
}

export const searcher = (budget: Budget): Searcher => ({
  isIllegal: (model, from, operations) => {
    if (operations.length === 0) return false
    const whole = onePart(model, operations)
    const foresight = model.foresee?.(whole, from)
    if (foresight === null) return true
    const part = foresight?.part ?? whole
    const compiled = compile(model, part, foresight)
    const machine = new Transitions(model, part, compiled.classOf, budget, foresight)
    const initials = from.map((state) => machine.intern(state))
    const { verdict } = new Search(compiled, machine, budget).run(initials)
    return verdict === 'unknown' ? null : verdict === 'illegal'
  },
  ends: (model, operations) => {
    const whole = onePart(model, operations)
    const init = model.init()
    const foresight = model.foresee?.(whole, [init])
    if (foresight === null) return []
    const part = foresight?.part ?? whole
    // What may as well come late leads to other states then: nothing waits.
    const compiled = compile(model, part)
    const machine = new Transitions(model, part, compiled.classOf, budget, foresight)
    const ends = new Set<number>()
    const { verdict } = new Search(compiled, machine, budget).run([machine.intern(init)], ends)
    return verdict === 'unknown' ? null : [...ends].map((id) => machine.state(id))
  },
})

/** The rest of a history if everything before some moment is replaced by the states to which it may have led. */
export interface Cut<S, I, O> {
  readonly operations: readonly Operation<I, O>[]
  readonly indices: readonly number[]
  readonly from: readonly S[]
}

/**
 * Cuts at the call of operation `first`. An operation that was open then may have taken effect before the cut, so it may
 * or may not take effect after it. Null if a limit ran out.
 */
export const cutAt = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  first: number,
  statesAfter: (before: readonly Operation<I, O>[]) => readonly S[] | null,
): Cut<S, I, O> | null => {
  const moment = (operations[first] as Operation<I, O>).call
  const open = (operation: Operation<I, O>): Operation<I, O> =>
    operation.return < moment ? operation : { ...operation, return: Number.POSITIVE_INFINITY }
  const before = operations.filter(({ call }) => call < moment).map(open)
  const from = before.length === 0 ? [model.init()] : statesAfter(before)
  if (from === null) return null
  const indices = [...operations.keys()].filter((i) => {
    const { call, return: end, input, output } = operations[i] as Operation<I, O>
    return end >= moment && (call >= moment || model.readOnly?.(input, output) !== true)
  })
  const left = indices.map((i) => operations[i] as Operation<I, O>)
  return {
    operations: left.map((operation) => (operation.call < moment ? open(operation) : operation)),
    indices,
    from,
  }
}

/** About the latest cut after which there is no order: found by doubling how much is kept, then by bisection. */
const cutLate = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  blocked: number,
  search: Searcher,
): Cut<S, I, O> & { readonly decided: boolean } => {
  const whole = { operations, indices: [...operations.keys()], from: [model.init()] }
  let best: Cut<S, I, O> = whole
  let decided = true
  const tryCut = (cut: Cut<S, I, O> | null): boolean | null => {
    const failing = cut === null ? null : search.isIllegal(model, cut.from, cut.operations)
    if (failing === true) best = cut as Cut<S, I, O>
    return failing
  }
  // First with any state before the cut; otherwise with those that are possible, which takes a search.
  const all = allStates(model, onePart(model, operations))
  const fails = (first: number): boolean => {
    if (all !== null && tryCut(cutAt(model, operations, first, () => all)) === true) return true
    const failing = tryCut(cutAt(model, operations, first, (before) => search.ends(model, before)))
    if (failing === null) decided = false
    return failing === true
  }
  // A cut at `tooLate` or later keeps too little.
  let tooLate = blocked + 1
  let first = blocked
  while (first > 0 && !fails(first)) {
    tooLate = first
    first = Math.max(0, blocked - 2 * (blocked - first) - 1)
  }
  while (tooLate - first > 1) {
    const middle = (first + tooLate) >> 1
    if (fails(middle)) first = middle
    else tooLate = middle
  }
  return { ...best, decided }
}

/** Leaves out as many droppable positions as possible, halves first (Zeller and Hildebrandt's ddmin, 2002). */
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

/** `operations`, in order of calls, cannot be linearized; `blocked`: the position of the one that could not return. */
export const failingWindow = <S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  blocked: number,
  budget: Budget,
): Window<S, I, O> => {
  const search = searcher({ ...budget, visits: MAX_VISITS, ends: MAX_STATES })
  const { operations: left, indices, from, decided } = cutLate(model, operations, blocked, search)
  const pick = (some: readonly number[]): Operation<I, O>[] => some.map((i) => left[i] as Operation<I, O>)
  const positions = [...left.keys()]
  const droppable = new Set(
    positions.filter((i) => {
      const { input, output } = left[i] as Operation<I, O>
      return indices[i] !== blocked && model.readOnly?.(input, output) === true
    }),
  )
  const { kept, minimal } = thinOut(positions, droppable, (some) => search.isIllegal(model, from, pick(some)))
  return {
    operations: pick(kept),
    indices: kept.map((i) => indices[i] as number),
    from,
    minimal: minimal && decided,
  }
}
