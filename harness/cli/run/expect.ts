/** The values of `--expect`: the promises that can be made for a vocabulary's calls. */
import type { PromiseName } from '../../api/claims.ts'
import type { Vocabulary } from '../../api/vocabulary.ts'
import { unknownName } from '../unknown-name.ts'

/** @throws UserError if it is not a promise of the vocabulary */
export const parseExpect = (
  text: string | undefined,
  { name, promises, synonyms = {} }: Vocabulary,
): PromiseName | null => {
  if (text === undefined) return null
  const known =
    promises.find((candidate) => candidate === text) ??
    (Object.hasOwn(synonyms, text) ? synonyms[text] : undefined)
  if (known === undefined) throw unknownName(`promise for ${name}`, text, promises)
  return known
}
