/**
 * What was promised, and by whom: the only place that decides it. `--expect` comes first, then what the target claims; where
 * neither says anything, the strongest promise of the vocabulary is assumed, and called so.
 *
 * `consistent-prefix` weakens only answers to calls that change nothing: those may be of an older state. What changes an
 * object is not promised less by it.
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
  /** Who made it, for the verdict. */
  readonly source: string
}

const EXPECTED = '--expect on the command line'
const ASSUMED = 'assumed: nobody promised it'

const madeOf = (record: RunRecord, vocabulary: Vocabulary, call: string): CallPromise => {
  const { spec, claims } = record
  if (spec?.expect != null) return { name: spec.expect, source: EXPECTED }
  const claimed = claims?.consistency[vocabulary.name]?.[call]
  if (claims != null && claimed !== undefined) return { name: claimed, source: claims.source }
  return { name: vocabulary.promises[0], source: ASSUMED }
}

/**
 * The promise that a call is judged by.
 *
 * @throws UserError where it is none that can be made of the vocabulary: nothing is judged by a promise that nobody knows
 */
export const promiseOf = (record: RunRecord, vocabulary: Vocabulary, call: string): CallPromise => {
  const promise = madeOf(record, vocabulary, call)
  if (vocabulary.promises.includes(promise.name)) return promise
  throw new UserError(
    `${promise.name} was promised of ${call} (${promise.source}), which is none of the promises of ${vocabulary.name}: ${vocabulary.promises.join(', ')}`,
  )
}

/** The calls that use an object, in the order of the vocabulary. */
export const usesOf = ({ calls }: Vocabulary): readonly string[] =>
  Object.keys(calls).filter((call) => calls[call]?.audits !== true)

/**
 * The promises of some calls, for a verdict: `no id twice (generate: linearizable)`.
 *
 * @param holds what must hold under them, in words; null: the names of the promises say it
 * @param calls absent: all that use an object
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

/** What the target claims of the cluster as a whole, whatever clients ask. */
export const claimed = ({ claims }: RunRecord, text: string): Verdict['promise'] => ({
  text,
  source: claims?.source ?? ASSUMED,
})

/** What is taken for granted of every cluster. */
export const assumed = (text: string) => (): Verdict['promise'] => ({ text, source: ASSUMED })

/** Asks whether the answer to a call may be of an older state. */
export const mayBeOld = (record: RunRecord, vocabulary: Vocabulary): ((invocation: Operation) => boolean) => {
  const weak = new Set(
    usesOf(vocabulary).filter((call) => promiseOf(record, vocabulary, call).name === 'consistent-prefix'),
  )
  return (invocation) => weak.has(invocation.f) && !mayChange(vocabulary, invocation)
}
