/** How the checkers here ask porcupine-ts, and what they say where it decides nothing. */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import type { Result } from '../porcupine-ts/model.ts'
import type { ModelReference } from '../porcupine-ts/parallel/model-reference.ts'
import { mayBeOld, promiseOf } from '../promise.ts'
import type { Judged } from '../verdict.ts'

const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'

/**
 * A model by where other threads find it.
 *
 * @param file of porcupine-ts/models, without its extension
 */
export const modelAt = (file: string, name: string, args: readonly unknown[] = []): ModelReference => ({
  module: new URL(`../porcupine-ts/models/${file}.${extension}`, import.meta.url).href,
  name,
  args,
})

const JUDGED: readonly PromiseName[] = ['linearizable', 'consistent-prefix']

/** Why a sequential model cannot judge what was promised of the calls; null: it can. */
export const beyondModels = (
  record: RunRecord,
  vocabulary: Vocabulary,
  calls: readonly string[],
): string | null => {
  const call = calls.find((each) => !JUDGED.includes(promiseOf(record, vocabulary, each).name))
  if (call === undefined) return null
  const { name } = promiseOf(record, vocabulary, call)
  return `${name} is promised of ${call}, and a sequential model tells only of ${JUDGED.join(' and ')}`
}

/** When an operation may have taken effect, and who did it, to porcupine-ts. */
export interface Interval {
  readonly client: number
  readonly call: number
  readonly return: number
}

/**
 * An answer that may be of an older state may be of any up to its own time: its interval is widened back to before the start of
 * the run (Terry 2013). As it may so overlap its own process's earlier operations, it gets a client of its own.
 */
export const intervalsOf = (
  record: RunRecord,
  vocabulary: Vocabulary,
): ((pair: Pair, row: number) => Interval) => {
  const startNs = (record.pairs[0]?.invocation.timeNs ?? 0) - 1
  const isOld = mayBeOld(record, vocabulary)
  return ({ invocation, completion }, row) => {
    const returnNs = completion?.type === 'ok' ? completion.timeNs : Number.POSITIVE_INFINITY
    return isOld(invocation)
      ? { client: -1 - row, call: startNs, return: returnNs }
      : { client: invocation.process as number, call: invocation.timeNs, return: returnNs }
  }
}

/** By which engine objects were decided, for who wants to know how a verdict came about. */
export const enginesOf = ({ engines }: Result): Verdict['details'] => ({
  keysBySpecialisedEngine: engines.specialised,
  keysBySearch: engines.general,
  ...(engines.declined.length === 0 ? {} : { searchedBecause: engines.declined }),
})

/** @param key of the object that was not decided, by its name */
export const undecided = (result: Result & { readonly verdict: 'unknown' }, key: string): Judged => ({
  status: 'unknown',
  summary:
    `Not decided: the search ran out of ${result.reason} on key ${key}, after ${result.passed} of its ` +
    `${result.operations} operations (${result.decided} of ${result.partitions} keys are linearizable). ` +
    `What helps: ${result.help}.`,
  evidence: [],
  details: { reason: result.reason, ...enginesOf(result) },
})
