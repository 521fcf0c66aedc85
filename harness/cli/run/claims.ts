/**
 * The claims of a target, with the names in them checked. A name with a typo would claim nothing, and the target would be
 * judged by what is assumed instead. So it is refused before anything is started.
 */
import type { Claims, PromiseName } from '../../api/claims.ts'
import type { Options } from '../../api/options.ts'
import type { Target } from '../../api/target.ts'
import type { Vocabulary } from '../../api/vocabulary.ts'
import { UserError } from '../../support/assert.ts'
import { vocabularies } from '../../vocabularies/index.ts'
import { hintAt } from '../unknown-name.ts'
import { checkShape } from './claims-shape.ts'

const refused = (
  target: Target,
  claim: string,
  name: string,
  what: string,
  known: readonly string[],
): UserError =>
  new UserError(
    `Target ${target.name} claims ${claim}: there is no ${what} named ${name}.${hintAt(name, known)} Known: ${known.join(', ')}.`,
  )

const checkPromise = (target: Target, vocabulary: Vocabulary, call: string | null, promise: string): void => {
  const known = [...vocabulary.promises, ...Object.keys(vocabulary.synonyms ?? {})]
  if (known.includes(promise as PromiseName)) return
  const claim = `${promise} for ${call === null ? '' : `${call} of `}${vocabulary.name}`
  throw refused(target, claim, promise, `promise for ${vocabulary.name}`, vocabulary.promises)
}

const checkVocabulary = (
  target: Target,
  vocabulary: Vocabulary,
  claim: Claims['consistency'][string],
): void => {
  if (typeof claim === 'string') return checkPromise(target, vocabulary, null, claim)
  const calls = Object.keys(vocabulary.calls)
  for (const [call, promise] of Object.entries(claim)) {
    if (!calls.includes(call))
      throw refused(
        target,
        `${promise} for ${call} of ${vocabulary.name}`,
        call,
        `call of ${vocabulary.name}`,
        calls,
      )
    checkPromise(target, vocabulary, call, promise)
  }
}

/**
 * What the target claims under these options.
 *
 * @param own the vocabulary of the workload, which may be one that is not bundled. Others of that kind are known only by the
 *   target's clients, and checked when their workload is used.
 * @throws UserError that names the first claim that is unknown, or about an unknown vocabulary, call or promise
 */
export const claimsOf = (target: Target, options: Options, own: Vocabulary): Claims => {
  const claims = target.claims(options, own)
  checkShape(target, claims)
  const known: Readonly<Record<string, Vocabulary>> = { ...vocabularies, [own.name]: own }
  for (const [name, claim] of Object.entries(claims.consistency)) {
    const vocabulary = Object.hasOwn(known, name) ? known[name] : undefined
    if (vocabulary !== undefined) checkVocabulary(target, vocabulary, claim)
    else if (!Object.hasOwn(target.clients, name))
      throw refused(target, `something for ${name}`, name, 'vocabulary', Object.keys(known))
  }
  return claims
}
