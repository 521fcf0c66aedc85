/** A nondeterministic model as a deterministic one, whose states are sets of possible states. */
import type { AnyModel, Model, NondeterministicModel } from '../model.ts'

export const determinize = <S, I, O>(model: NondeterministicModel<S, I, O>): Model<readonly S[], I, O> => {
  const { steps, init, equal = Object.is, hash, describeState, ...rest } = model
  const has = (states: readonly S[], state: S): boolean => states.some((other) => equal(other, state))
  return {
    ...rest,
    init: () => [init()],
    step: (states, input, output) => {
      const after: S[] = []
      for (const state of states)
        for (const next of steps(state, input, output)) if (!has(after, next)) after.push(next)
      return after.length === 0 ? undefined : after
    },
    equal: (a, b) => a.length === b.length && a.every((state) => has(b, state)),
    // Must not depend on the order in which the states were found.
    hash: (states) => states.reduce((sum, state) => (sum + (hash?.(state) ?? 0)) | 0, states.length),
    ...(describeState === undefined
      ? {}
      : { describeState: (states: readonly S[]) => states.map(describeState).join(' or ') }),
  }
}

export const isNondeterministic = <S, I, O>(
  model: AnyModel<S, I, O>,
): model is NondeterministicModel<S, I, O> => 'steps' in model
