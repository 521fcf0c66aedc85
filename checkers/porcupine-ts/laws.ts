/** A model that checks its own laws, for authors of models. It is slow. `Model` says what each law is for. */
import type { Model } from './model.ts'

export class BrokenLawError extends Error {
  override readonly name = 'BrokenLawError'
}

/** How many states are compared with each new one, for the law of `hash`. */
const REMEMBERED = 2000

/** How many operations of a class are stepped together with each other one. */
const CLASS_MEMBERS = 20

const show = (value: unknown): string => JSON.stringify(value) ?? String(value)

/**
 * Steps like the model, and throws if a step or a hash breaks a law that the model claims. The search must not rely on
 * the laws meanwhile, so the result claims none of them.
 */
export const watchLaws = <S, I, O>(model: Model<S, I, O>): Model<S, I, O> => {
  const same = (a: S, b: S): boolean => (model.equal === undefined ? Object.is(a, b) : model.equal(a, b))
  const alike = (a: S | undefined, b: S | undefined): boolean =>
    a === undefined || b === undefined ? a === b : same(a, b)
  const say = (input: I, output: O | undefined): string =>
    model.describe?.(input, output) ?? `${show(input)} -> ${show(output)}`
  const known: S[] = []
  const classes = new Map<string | number, { readonly input: I; readonly output: O | undefined }[]>()
  const overwritten = new Map<string, S>()

  const remember = (state: S): void => {
    const { equal, hash } = model
    if (equal === undefined || hash === undefined || known.length >= REMEMBERED) return
    const twin = known.find((other) => equal(other, state))
    if (twin === undefined) known.push(state)
    else if (hash(twin) !== hash(state))
      throw new BrokenLawError(
        `${model.name}: ${show(twin)} and ${show(state)} are equal, but hash to ${hash(twin)} and ${hash(state)}.`,
      )
  }

  const compareClass = (state: S, input: I, output: O | undefined, after: S | undefined): void => {
    if (model.classify === undefined) return
    const key = model.classify(input, output)
    const members = classes.get(key) ?? []
    classes.set(key, members)
    for (const other of members) {
      if (alike(model.step(state, other.input, other.output), after)) continue
      throw new BrokenLawError(
        `${model.name}: ${say(other.input, other.output)} and ${say(input, output)} are of one class (${key}), ` +
          `but step apart from ${show(state)}.`,
      )
    }
    if (members.length < CLASS_MEMBERS) members.push({ input, output })
  }

  const compareOverwritten = (state: S, input: I, output: O | undefined, after: S | undefined): void => {
    const text = say(input, output)
    const other = overwritten.get(text)
    if (after === undefined || (other !== undefined && !same(other, after)))
      throw new BrokenLawError(
        `${model.name}: ${text} is said to overwrite, but from ${show(state)} it leads to ${show(after)}${other === undefined ? '' : `, and elsewhere to ${show(other)}`}.`,
      )
    overwritten.set(text, after)
  }

  const { readOnly: _, overwrites: __, classify: ___, specialised: ____, foresee: _____, ...plain } = model
  return {
    ...plain,
    step: (state, input, output) => {
      const after = model.step(state, input, output)
      remember(state)
      if (after !== undefined) remember(after)
      compareClass(state, input, output, after)
      if (model.readOnly?.(input, output) === true && after !== undefined && !same(after, state))
        throw new BrokenLawError(
          `${model.name}: ${say(input, output)} is said to change nothing, but leads from ${show(state)} to ${show(after)}.`,
        )
      if (model.overwrites?.(input, output) === true) compareOverwritten(state, input, output, after)
      return after
    },
  }
}
