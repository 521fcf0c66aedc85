/** Functions that define and query vocabularies. */
import type { ZodType } from 'zod'
import type { Call } from '../api/history.ts'
import type { CallDefinition, CallDefinitions, CallOf, HeldValues, Vocabulary } from '../api/vocabulary.ts'
import { accepts } from './accepts.ts'

/** A call whose functions are typed by its schemas only. */
export const defineCall = <Value, Ok>(
  call: CallDefinition<NoInfer<Value>, NoInfer<Ok>> & {
    readonly value: ZodType<Value>
    readonly ok: ZodType<Ok>
  },
): CallDefinition<Value, Ok> => call

export const defineVocabulary = <const Name extends string, const Calls extends CallDefinitions>(
  vocabulary: Vocabulary<Calls> & { readonly name: Name },
): Vocabulary<Calls> & { readonly name: Name } => vocabulary

/** The definition of a call by its name; undefined if the vocabulary has no such call. */
export const definitionOf = ({ calls }: Vocabulary, f: string): CallDefinition | undefined =>
  Object.hasOwn(calls, f) ? calls[f] : undefined

/**
 * Narrows a call of the engine to a call of this vocabulary, by its name. The value is not checked.
 *
 * @throws TypeError if the vocabulary has no such call
 */
export const asCall = <V extends Vocabulary>(vocabulary: V, call: Call): CallOf<V> => {
  if (definitionOf(vocabulary, call.f) !== undefined) return call as CallOf<V>
  const known = Object.keys(vocabulary.calls).join(', ')
  throw new TypeError(`${call.f} is not a call of the ${vocabulary.name} vocabulary (${known})`)
}

interface LastFit {
  value: unknown
  fits: boolean
}

/** The last value that each schema was asked about: several questions about one operation follow each other. */
const lastFits = new WeakMap<CallDefinition['value'], LastFit>()

/** Whether `schema.safeParse` would succeed. @param value of a history: nobody changes it between two questions */
export const fits = (schema: CallDefinition['value'], value: unknown): boolean => {
  const last = lastFits.get(schema)
  if (last !== undefined && last.value === value) return last.fits
  const now = { value, fits: accepts(schema, value) }
  lastFits.set(schema, now)
  return now.fits
}

/** Whether the call may change an object. Also true if it is not a call of the vocabulary, or does not match its schema. */
export const mayChange = (vocabulary: Vocabulary, { f, value }: Call): boolean => {
  const definition = definitionOf(vocabulary, f)
  if (definition === undefined || !fits(definition.value, value)) return true
  return definition.changes(value)
}

/** What the call writes; nothing if its value does not match the vocabulary. */
export const writesOf = (vocabulary: Vocabulary, { f, value }: Call): readonly HeldValues[] => {
  const definition = definitionOf(vocabulary, f)
  if (definition?.writes === undefined || !fits(definition.value, value)) return []
  return definition.writes(value)
}

/** Whether an ok answer to the call says that it took no effect; false if the answer does not match the vocabulary. */
export const isRefused = (vocabulary: Vocabulary, f: string, ok: unknown): boolean => {
  const definition = definitionOf(vocabulary, f)
  if (definition?.refuses === undefined || !fits(definition.ok, ok)) return false
  return definition.refuses(ok)
}

/** The writes that an ok answer to the call proves; nothing if the answer does not match the vocabulary. */
export const readsOf = (vocabulary: Vocabulary, f: string, ok: unknown): readonly HeldValues[] => {
  const definition = definitionOf(vocabulary, f)
  if (definition?.reads === undefined || !fits(definition.ok, ok)) return []
  return definition.reads(ok)
}
