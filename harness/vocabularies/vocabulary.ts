/** How a vocabulary is defined, and the types that follow from its schemas. */
import type { output } from 'zod'
import type { CallDefinition, CallDefinitions, Vocabulary } from '../api/vocabulary.ts'

/** A call whose functions are typed by its schemas. */
export const defineCall = <Value, Ok>(call: CallDefinition<Value, Ok>): CallDefinition<Value, Ok> => call

export const defineVocabulary = <const Name extends string, const Calls extends CallDefinitions>(
  vocabulary: Vocabulary<Calls> & { readonly name: Name },
): Vocabulary<Calls> & { readonly name: Name } => vocabulary

/** The union of a vocabulary's calls, discriminated on `f`. */
export type CallOf<V extends Vocabulary> = {
  [F in keyof V['calls'] & string]: { readonly f: F; readonly value: output<V['calls'][F]['value']> }
}[keyof V['calls'] & string]

/** What an ok answer to the call `f` holds. */
export type OkOf<V extends Vocabulary, F extends keyof V['calls']> = output<V['calls'][F]['ok']>
