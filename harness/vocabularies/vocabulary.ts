/** How a vocabulary is defined and asked. */
import type { ZodType } from 'zod'
import type { Call } from '../api/history.ts'
import type { CallDefinition, CallDefinitions, CallOf, Identity, Vocabulary } from '../api/vocabulary.ts'

/** A call whose functions are typed by its schemas, and by nothing else. */
export const defineCall = <Value, Ok>(
  call: CallDefinition<NoInfer<Value>, NoInfer<Ok>> & {
    readonly value: ZodType<Value>
    readonly ok: ZodType<Ok>
  },
): CallDefinition<Value, Ok> => call

export const defineVocabulary = <const Name extends string, const Calls extends CallDefinitions>(
  vocabulary: Vocabulary<Calls> & { readonly name: Name },
): Vocabulary<Calls> & { readonly name: Name } => vocabulary

/** The definition of a call by its name; undefined where the vocabulary has none. */
export const definitionOf = ({ calls }: Vocabulary, f: string): CallDefinition | undefined =>
  Object.hasOwn(calls, f) ? calls[f] : undefined

/**
 * Narrows a call of the engine's to this vocabulary's, by its name; its value is taken as it is.
 *
 * @throws TypeError where the vocabulary has no such call
 */
export const asCall = <V extends Vocabulary>(vocabulary: V, call: Call): CallOf<V> => {
  if (definitionOf(vocabulary, call.f) !== undefined) return call as CallOf<V>
  const known = Object.keys(vocabulary.calls).join(', ')
  throw new TypeError(`${call.f} is no call of the ${vocabulary.name} vocabulary (${known})`)
}

/** Whether the call may change an object: true too for what is no call of the vocabulary, or does not fit it. */
export const mayChange = (vocabulary: Vocabulary, { f, value }: Call): boolean => {
  const definition = definitionOf(vocabulary, f)
  if (definition === undefined || !definition.value.safeParse(value).success) return true
  return definition.changes(value)
}

/** What the call would leave behind; nothing where its value does not fit the vocabulary. */
export const writesOf = (vocabulary: Vocabulary, { f, value }: Call): readonly Identity[] => {
  const definition = definitionOf(vocabulary, f)
  if (definition?.writes === undefined || !definition.value.safeParse(value).success) return []
  return definition.writes(value)
}

/** What an ok answer to the call shows to have been written; nothing where it does not fit the vocabulary. */
export const readsOf = (vocabulary: Vocabulary, f: string, ok: unknown): readonly Identity[] => {
  const definition = definitionOf(vocabulary, f)
  if (definition?.reads === undefined || !definition.ok.safeParse(ok).success) return []
  return definition.reads(ok)
}
