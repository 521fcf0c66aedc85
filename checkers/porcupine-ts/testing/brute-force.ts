/** The oracle: tries every order, with every choice of pending operations that happened. For at most 8 operations. */
import type { AnyModel, Operation } from '../model.ts'

export const bruteForce = <S, I, O>(
  model: AnyModel<S, I, O>,
  operations: readonly Operation<I, O>[],
): boolean => {
  const parts = new Map<string | number, Operation<I, O>[]>()
  for (const operation of operations) {
    const key = model.partition?.(operation.input) ?? 0
    parts.set(key, [...(parts.get(key) ?? []), operation])
  }
  return [...parts.values()].every((part) => extend(model, part, model.init()))
}

/** Whether the operations that are left can follow `state`. Any may come next if no other one left returned before it. */
const extend = <S, I, O>(model: AnyModel<S, I, O>, left: readonly Operation<I, O>[], state: S): boolean => {
  if (left.every((operation) => operation.return === Number.POSITIVE_INFINITY)) return true
  return left.some((candidate, at) => {
    const preceded = left.some((other) => other !== candidate && other.return < candidate.call)
    if (preceded) return false
    const rest = left.toSpliced(at, 1)
    return successors(model, state, candidate).some((after) => extend(model, rest, after))
  })
}

const successors = <S, I, O>(
  model: AnyModel<S, I, O>,
  state: S,
  { input, output }: Operation<I, O>,
): readonly S[] => {
  if ('steps' in model) return model.steps(state, input, output)
  const after = model.step(state, input, output)
  return after === undefined ? [] : [after]
}
