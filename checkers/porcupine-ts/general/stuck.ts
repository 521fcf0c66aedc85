/**
 * A search may try very many orders before one return that none of them passes. This asks whether any order can pass it,
 * whatever the object was before. It starts some operations earlier and forgets everything before: the object may have
 * been in any state, and an operation that was open may or may not take effect later. If no order passes the return even
 * then, none does. That is the case if an output is wrong by itself, and is far cheaper to find than by trying
 * everything that may have led to it.
 */
import type { Part } from '../history/part.ts'
import type { Model } from '../model.ts'
import { type Budget, OutOfTimeError, UNLIMITED } from './budget.ts'
import { compile } from './compile.ts'
import { Search } from './search.ts'
import { IMPOSSIBLE, Transitions } from './transitions.ts'

/** With more states than that the question is not asked. */
const MAX_STATES = 32
/** How far it looks back, in operations, and how many configurations each search may visit. */
const DISTANCES = [4, 16, 64] as const
const MAX_VISITS = 20_000

/** Every state to which these operations lead in any order; null if there are too many, or the time limit ran out. */
export const allStates = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  budget: Budget = UNLIMITED,
): readonly S[] | null => {
  const { classOf } = compile(model, part)
  const machine = new Transitions(model, part, classOf, budget)
  const members = [...new Map([...classOf].map((kind, operation) => [kind, operation])).values()]
  const states = new Set([machine.intern(model.init())])
  try {
    for (const state of states)
      for (const operation of members) {
        const after = machine.step(state, operation)
        if (after !== IMPOSSIBLE) states.add(after)
        if (states.size > MAX_STATES) return null
      }
  } catch (error) {
    if (error instanceof OutOfTimeError) return null
    throw error
  }
  return [...states].map((state) => machine.state(state))
}

/** The operations that were open when `first` was called, and those called from then to the return of `blocked`. */
const lookBack = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  first: number,
  blocked: number,
): Part<I, O> => {
  const from = part.call[first] as number
  const end = part.return[blocked] as number
  const positions: number[] = []
  const returns: number[] = []
  for (let i = 0; i < part.count && (part.call[i] as number) <= end; i++) {
    const returned = part.return[i] as number
    if (returned < from) continue
    const isOpen = (part.call[i] as number) < from || returned > end
    // An open operation that changes nothing restricts nothing.
    if (isOpen && model.readOnly?.(part.input(i), part.output(i)) === true) continue
    positions.push(i)
    returns.push(isOpen ? Number.POSITIVE_INFINITY : returned)
  }
  const at = (i: number): number => positions[i] as number
  return {
    key: part.key,
    count: positions.length,
    call: Float64Array.from(positions, (i) => part.call[i] as number),
    return: Float64Array.from(returns),
    index: Int32Array.from(positions, (i) => part.index[i] as number),
    input: (i) => part.input(at(i)),
    output: (i) => part.output(at(i)),
  }
}

/** True only if no order of the part passes the return of `blocked`. */
export const isStuck = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  blocked: number,
  budget: Budget,
): boolean => {
  const states = allStates(model, part, budget)
  if (states === null) return false
  return DISTANCES.some((distance) => {
    const some = lookBack(model, part, Math.max(0, blocked - distance), blocked)
    const compiled = compile(model, some)
    const machine = new Transitions(model, some, compiled.classOf, budget)
    const search = new Search(compiled, machine, { ...budget, visits: MAX_VISITS })
    return search.run(states.map((state) => machine.intern(state))).verdict === 'illegal'
  })
}
