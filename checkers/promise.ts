/**
 * What was promised, and by whom. No other place decides this. `--expect` comes first, then the claims of the target. If
 * neither says anything, the strongest promise of the vocabulary is assumed, and the verdict says so.
 *
 * `consistent-prefix` weakens only answers to calls that change nothing: those may come from an older state. Calls that
 * change an object keep their full promise.
 */
import type { PromiseName } from '../harness/api/claims.ts'
import type { Operation } from '../harness/api/history.ts'
import type { RunRecord } from '../harness/api/record.ts'
import type { Assumption, Verdict } from '../harness/api/verdict.ts'
import type { Vocabulary } from '../harness/api/vocabulary.ts'
import { UserError } from '../harness/support/assert.ts'
import { mayChange } from '../harness/vocabularies/vocabulary.ts'

export interface CallPromise {
  readonly name: PromiseName
  /** Who made the promise, for the verdict. */
  readonly source: string
  /** Whether nobody made it. */
  readonly isAssumed: boolean
}

const EXPECTED = '--expect on the command line'
const ASSUMED = 'assumed: nobody promised it'

const claimedFor = ({ claims }: RunRecord, vocabulary: Vocabulary, call: string): PromiseName | undefined => {
  const claim = claims?.consistency[vocabulary.name]
  return typeof claim === 'string' ? claim : claim?.[call]
}

const madeOf = (record: RunRecord, vocabulary: Vocabulary, call: string): CallPromise => {
  const { spec, claims } = record
  const expected = record.expect ?? spec?.expect
  if (expected != null) return { name: expected, source: EXPECTED, isAssumed: false }
  const claimed = claimedFor(record, vocabulary, call)
  if (claims != null && claimed !== undefined)
    return { name: claimed, source: claims.source, isAssumed: false }
  return { name: vocabulary.assumes ?? vocabulary.promises[0], source: ASSUMED, isAssumed: true }
}

/**
 * The promise that a call is judged by.
 *
 * @throws UserError if the vocabulary does not have this promise: nothing is judged by an unknown promise
 */
export const promiseOf = (record: RunRecord, vocabulary: Vocabulary, call: string): CallPromise => {
  const made = madeOf(record, vocabulary, call)
  const promise = { ...made, name: vocabulary.synonyms?.[made.name] ?? made.name }
  if (vocabulary.promises.includes(promise.name)) return promise
  throw new UserError(
    `${promise.name} was promised for ${call} (${promise.source}), but ${vocabulary.name} has only the promises ${vocabulary.promises.join(', ')}`,
  )
}

/**
 * The promise that an object is judged by as a whole: the weakest that was made for any of these calls. What is assumed
 * for the others does not make it stronger.
 *
 * @param calls absent: all calls that use an object
 */
export const weakestOf = (
  record: RunRecord,
  vocabulary: Vocabulary,
  calls: readonly string[] = usesOf(vocabulary),
): CallPromise => {
  const all = calls.map((call) => promiseOf(record, vocabulary, call))
  const made = all.filter(({ isAssumed }) => !isAssumed)
  const rank = ({ name }: CallPromise): number => vocabulary.promises.indexOf(name)
  return (made.length === 0 ? all : made).reduce((a, b) => (rank(b) > rank(a) ? b : a))
}

/**
 * Whether an object is judged by one of these promises. Also true if an unknown promise was made: whoever judges then says so.
 */
export const isJudgedBy = (
  record: RunRecord,
  vocabulary: Vocabulary,
  names: readonly PromiseName[],
  calls: readonly string[] = usesOf(vocabulary),
): boolean => {
  try {
    return names.includes(weakestOf(record, vocabulary, calls).name)
  } catch (error) {
    if (error instanceof UserError) return true
    throw error
  }
}

/** The calls that use an object, in the order of the vocabulary. */
export const usesOf = ({ calls }: Vocabulary): readonly string[] =>
  Object.keys(calls).filter((call) => calls[call]?.audits !== true)

/** What nobody promised for these calls; null if somebody promised something for one of them. */
const assumptionOf = (
  record: RunRecord,
  vocabulary: Vocabulary,
  calls: readonly string[],
): Assumption | null => {
  const promises = calls.map((call) => promiseOf(record, vocabulary, call))
  const [first] = promises
  if (first === undefined || promises.some(({ isAssumed }) => !isAssumed)) return null
  return {
    text: `${first.name}, which is assumed for ${vocabulary.name}`,
    toClaim: `claim ${first.name} for ${vocabulary.name} in the target's claims, or give --expect ${first.name}`,
  }
}

/** A promise as a checker shows it. The second parameter is the call that broke it; absent: any, or none. */
export type Promised = (record: RunRecord, blamed?: string) => Verdict['promise']

/**
 * The promises for some calls, for a verdict: `no id is handed out twice (generate: unique)`.
 *
 * @param holds what must hold under these promises, in words; null: their names are enough
 * @param calls absent: all calls that use an object
 */
export const promisedOf =
  (vocabulary: Vocabulary, holds: string | null, calls: readonly string[] = usesOf(vocabulary)): Promised =>
  (record, blamed) => {
    const promises = calls.map((call) => ({ call, ...promiseOf(record, vocabulary, call) }))
    const names = promises.map(({ call, name }) => `${call}: ${name}`).join(', ')
    const bySource = [...Map.groupBy(promises, ({ source }) => source)]
    const assumed = assumptionOf(record, vocabulary, blamed === undefined ? calls : [blamed])
    return {
      text: holds === null ? names : `${holds} (${names})`,
      source: bySource
        .map(([source, some]) =>
          bySource.length === 1 ? source : `${some.map(({ call }) => call).join(', ')}: ${source}`,
        )
        .join('; '),
      ...(assumed === null ? {} : { assumed }),
      ...(promises.some(({ source }) => source === EXPECTED) ? { expected: true } : {}),
    }
  }

/** What the target claims for the cluster as a whole, independent of single calls. */
export const claimed = ({ claims }: RunRecord, text: string): Verdict['promise'] => ({
  text,
  source: claims?.source ?? ASSUMED,
})

/** Whether nobody made the promise, or a part of it. */
export const isAssumed = ({ source }: Verdict['promise']): boolean => source.includes(ASSUMED)

/** What is assumed for every cluster, and how a target claims it. */
export const assumed = (text: string, assumption?: Assumption): Verdict['promise'] => ({
  text,
  source: ASSUMED,
  ...(assumption === undefined ? {} : { assumed: assumption }),
})

/** Returns a function that tells whether the answer to a call may come from an older state. */
export const mayBeOld = (record: RunRecord, vocabulary: Vocabulary): ((invocation: Operation) => boolean) => {
  const weak = new Set(
    usesOf(vocabulary).filter((call) => promiseOf(record, vocabulary, call).name === 'consistent-prefix'),
  )
  return (invocation) => weak.has(invocation.f) && !mayChange(vocabulary, invocation)
}
