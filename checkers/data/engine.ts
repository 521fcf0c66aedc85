/** How the checkers here ask porcupine-ts, and what they say where it decides nothing. */
import type { Verdict } from '../../harness/api/verdict.ts'
import type { Result } from '../porcupine-ts/model.ts'
import type { ModelReference } from '../porcupine-ts/parallel/model-reference.ts'
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
