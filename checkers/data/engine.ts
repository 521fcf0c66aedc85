/** How the checkers here call porcupine-ts, and what they report if it cannot decide. */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Evidence, Verdict } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import type { Illegal, Result, Undecided } from '../porcupine-ts/model.ts'
import type { ModelReference } from '../porcupine-ts/parallel/model-reference.ts'
import { mayBeOld, promiseOf } from '../promise.ts'
import type { Judged } from '../verdict.ts'

const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'

/**
 * A model, given by the module from which other threads load it.
 *
 * @param file of porcupine-ts/models, without its extension
 */
export const modelAt = (file: string, name: string, args: readonly unknown[] = []): ModelReference => ({
  module: new URL(`../porcupine-ts/models/${file}.${extension}`, import.meta.url).href,
  name,
  args,
})

const JUDGED: readonly PromiseName[] = ['linearizable', 'consistent-prefix']

/** Why a sequential model cannot judge the promises for these calls; null: it can. */
export const beyondModels = (
  record: RunRecord,
  vocabulary: Vocabulary,
  calls: readonly string[],
): string | null => {
  const call = calls.find((each) => !JUDGED.includes(promiseOf(record, vocabulary, each).name))
  if (call === undefined) return null
  const { name } = promiseOf(record, vocabulary, call)
  return `${name} is promised for ${call}, but a sequential model can only judge ${JUDGED.join(' and ')}`
}

/** When an operation may have taken effect, and its client, as porcupine-ts takes it. */
export interface Interval {
  readonly client: number
  readonly call: number
  readonly return: number
}

/**
 * An answer that may come from an older state may come from any state up to its own time: its interval is widened back to
 * before the start of the run (Terry 2013). It may then overlap earlier operations of its process, so it gets its own client.
 */
export const intervalsOf = (
  record: RunRecord,
  vocabulary: Vocabulary,
): ((pair: Pair, row: number) => Interval) => {
  const startNs = (record.pairs.at(0)?.invocation.timeNs ?? 0) - 1
  const isOld = mayBeOld(record, vocabulary)
  return ({ invocation, completion }, row) => {
    const returnNs = completion?.type === 'ok' ? completion.timeNs : Number.POSITIVE_INFINITY
    return isOld(invocation)
      ? { client: -1 - row, call: startNs, return: returnNs }
      : { client: invocation.process as number, call: invocation.timeNs, return: returnNs }
  }
}

/** Which engine decided how many objects, to show how a verdict came about. */
export const enginesOf = ({ engines }: Result): Verdict['details'] => ({
  keysBySpecialisedEngine: engines.specialised,
  keysBySearch: engines.general,
  ...(engines.declined.length === 0 ? {} : { searchedBecause: engines.declined.toSorted() }),
})

/** More names are not listed. */
const MOST_NAMES = 10

type NameOf = (partition: Partition) => string

const namesOf = (undecided: readonly Undecided[], nameOf: NameOf): string => {
  const names = undecided.slice(0, MOST_NAMES).map(({ partition }) => nameOf(partition))
  const more = undecided.length - names.length
  return `${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`
}

export const undecided = (result: Result & { readonly verdict: 'unknown' }, nameOf: NameOf): Judged => {
  const [, ...others] = result.undecided
  const more =
    others.length === 0
      ? ''
      : `, and did not decide ${others.length === 1 ? 'key' : 'keys'} ${namesOf(others, nameOf)} either`
  return {
    status: 'unknown',
    summary:
      `Not decided: the search ran out of ${result.reason} on key ${nameOf(result.partition)}, after ${result.passed} of its ` +
      `${result.operations} operations${more} (${result.decided} of ${result.partitions} keys are linearizable). ` +
      `What helps: ${result.help}.`,
    evidence: [],
    details: {
      reason: result.reason,
      undecided: result.undecided.map(({ partition }) => nameOf(partition)),
      ...enginesOf(result),
    },
  }
}

/** So many failing objects are looked for. */
export const MOST_FAILING = 11

type Partition = Illegal['partition']

/** The other objects that fail, and those that were not decided. */
export interface OthersFailing {
  readonly found: readonly Illegal[]
  readonly undecided: readonly Undecided[]
}

/**
 * The failing object that a reader is shown first: the one that failed first, whichever was found first. The others follow in
 * the order in which they failed.
 */
export const earliestFirst = (
  result: Result & { readonly verdict: 'illegal' },
  pairOf: (row: number) => Pair,
): { readonly first: Illegal; readonly others: OthersFailing } => {
  const failedNs = ({ blocked }: Illegal): number => {
    const { invocation, completion } = pairOf(blocked)
    return completion?.timeNs ?? invocation.timeNs
  }
  const { others, undecided } = result
  const [first = result, ...found] = [result, ...others].sort((a, b) => failedNs(a) - failedNs(b))
  return { first, others: { found, undecided } }
}

/** What the verdict says of the other objects that fail: an entry each. */
export const tellOthers = (
  { found, undecided }: OthersFailing,
  nameOf: NameOf,
  pairOf: (row: number) => Pair,
): { readonly text: string; readonly evidence: readonly Evidence[] } => {
  const more = 1 + found.length < MOST_FAILING ? '' : ', perhaps among more'
  const names = found.map(({ partition }) => nameOf(partition)).join(', ')
  const failing = found.length === 1 ? '1 other key fails' : `${found.length} other keys fail`
  const open = undecided.length === 0 ? '' : ` Not decided: ${namesOf(undecided, nameOf)}.`
  return {
    text: `${found.length === 0 ? '' : ` ${failing} too: ${names}${more}.`}${open}`,
    evidence: found.map(({ partition, blocked }) => {
      const { invocation, completion } = pairOf(blocked)
      const at = formatTimeNs(completion?.timeNs ?? invocation.timeNs)
      return {
        title: `Key ${nameOf(partition)} fails too`,
        text: `key ${nameOf(partition)}: no order explains what ${invocation.f} returned at ${at}`,
        operations: [invocation.index],
      }
    }),
  }
}
