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
import type { Verdict } from '../harness/api/verdict.ts'
import type { Vocabulary } from '../harness/api/vocabulary.ts'
import { UserError } from '../harness/support/assert.ts'
import { mayChange } from '../harness/vocabularies/vocabulary.ts'

export interface CallPromise {
  readonly name: PromiseName
  /** Who made the promise, for the verdict. */
  readonly source: string
}

const EXPECTED = '--expect on the command line'
const ASSUMED = 'assumed: nobody promised it'

const madeOf = (record: RunRecord, vocabulary: Vocabulary, call: string): CallPromise => {
  const { spec, claims } = record
  const expected = record.expect ?? spec?.expect
  if (expected != null) return { name: expected, source: EXPECTED }
  const claimed = claims?.consistency[vocabulary.name]?.[call]
  if (claims != null && claimed !== undefined) return { name: claimed, source: claims.source }
  return { name: vocabulary.promises[0], source: ASSUMED }
}

/**
 * The promise that a call is judged by.
 *
 * @throws UserError if the vocabulary does not have this promise: nothing is judged by an unknown promise
 */
export const promiseOf = (record: RunRecord, vocabulary: Vocabulary, call: string): CallPromise => {
  const promise = madeOf(record, vocabulary, call)
  if (vocabulary.promises.includes(promise.name)) return promise
  throw new UserError(
    `${promise.name} was promised for ${call} (${promise.source}), but ${vocabulary.name} has only the promises ${vocabulary.promises.join(', ')}`,
  )
}

/** The calls that use an object, in the order of the vocabulary. */
export const usesOf = ({ calls }: Vocabulary): readonly string[] =>
  Object.keys(calls).filter((call) => calls[call]?.audits !== true)

/**
 * The promises for some calls, for a verdict: `no id is handed out twice (generate: linearizable)`.
 *
 * @param holds what must hold under these promises, in words; null: their names are enough
 * @param calls absent: all calls that use an object
 */
export const promisedOf =
  (vocabulary: Vocabulary, holds: string | null, calls: readonly string[] = usesOf(vocabulary)) =>
  (record: RunRecord): Verdict['promise'] => {
    const promises = calls.map((call) => ({ call, ...promiseOf(record, vocabulary, call) }))
    const names = promises.map(({ call, name }) => `${call}: ${name}`).join(', ')
    const bySource = [...Map.groupBy(promises, ({ source }) => source)]
    return {
      text: holds === null ? names : `${holds} (${names})`,
      source: bySource
        .map(([source, some]) =>
          bySource.length === 1 ? source : `${some.map(({ call }) => call).join(', ')}: ${source}`,
        )
        .join('; '),
    }
  }

/** What the target claims for the cluster as a whole, independent of single calls. */
export const claimed = ({ claims }: RunRecord, text: string): Verdict['promise'] => ({
  text,
  source: claims?.source ?? ASSUMED,
})

/** What is assumed for every cluster. */
export const assumed = (text: string) => (): Verdict['promise'] => ({ text, source: ASSUMED })

/** Returns a function that tells whether the answer to a call may come from an older state. */
export const mayBeOld = (record: RunRecord, vocabulary: Vocabulary): ((invocation: Operation) => boolean) => {
  const weak = new Set(
    usesOf(vocabulary).filter((call) => promiseOf(record, vocabulary, call).name === 'consistent-prefix'),
  )
  return (invocation) => weak.has(invocation.f) && !mayChange(vocabulary, invocation)
}
