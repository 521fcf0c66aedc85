/**
 * Where a search goes to and fro before one return: perhaps nothing can be done about that, whatever the object was
 * before. Some operations back, all that came before is forgotten: the object may have been in any state at all, and
 * who was open may, and need not, take effect after. If even so no order passes that return, none does. That
 * is so where an answer is wrong by itself, and costs nothing beside going through all that may have led to it.
 */
import type { Part } from '../history/part.ts'
import type { Model } from '../model.ts'
import type { Budget } from './budget.ts'
import { compile } from './compile.ts'
import { Search } from './search.ts'
import { IMPOSSIBLE, Transitions } from './transitions.ts'

/** More states than that are not tried one by one. */
const MAX_STATES = 32
/** How far it looks back, in operations, and how many configurations it visits each time. */
const DISTANCES = [4, 16, 64] as const
const MAX_VISITS = 20_000

/** Every state that any of these operations lead to, in whatever order; null where they are many. */
export const allStates = <S, I, O>(model: Model<S, I, O>, part: Part<I, O>): readonly S[] | null => {
  const { classOf } = compile(model, part)
  const machine = new Transitions(model, part, classOf)
  const members = [...new Map([...classOf].map((kind, operation) => [kind, operation])).values()]
  const states = new Set([machine.intern(model.init())])
  for (const state of states)
    for (const operation of members) {
      const after = machine.step(state, operation)
      if (after !== IMPOSSIBLE) states.add(after)
      if (states.size > MAX_STATES) return null
    }
  return [...states].map((state) => machine.state(state))
}

/** What was open when operation `first` was called, and what was called from then to the return of `blocked`. */
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
    // What is open and changes nothing restricts nothing.
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

/** True only where no order of the part passes the return of `blocked`. */
export const isStuck = <S, I, O>(
  model: Model<S, I, O>,
  part: Part<I, O>,
  blocked: number,
  budget: Budget,
): boolean => {
  const states = allStates(model, part)
  if (states === null) return false
  return DISTANCES.some((distance) => {
    const some = lookBack(model, part, Math.max(0, blocked - distance), blocked)
    const compiled = compile(model, some)
    const machine = new Transitions(model, some, compiled.classOf)
    const search = new Search(compiled, machine, { ...budget, visits: MAX_VISITS })
    return search.run(states.map((state) => machine.intern(state))).verdict === 'illegal'
  })
}
