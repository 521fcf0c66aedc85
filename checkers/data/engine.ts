/** How the checkers here call porcupine-ts, and what they report if it cannot decide. */
import type { PromiseName } from '../../harness/api/claims.ts'
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Evidence, Verdict } from '../../harness/api/verdict.ts'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import type { Illegal, Result } from '../porcupine-ts/model.ts'
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
  ...(engines.declined.length === 0 ? {} : { searchedBecause: engines.declined }),
})

/** @param key the name of the object that was not decided */
export const undecided = (result: Result & { readonly verdict: 'unknown' }, key: string): Judged => ({
  status: 'unknown',
  summary:
    `Not decided: the search ran out of ${result.reason} on key ${key}, after ${result.passed} of its ` +
    `${result.operations} operations (${result.decided} of ${result.partitions} keys are linearizable). ` +
    `What helps: ${result.help}.`,
  evidence: [],
  details: { reason: result.reason, ...enginesOf(result) },
})

/** Once one object is known to fail, this much time is spent on finding each other. */
const EACH_MS = 2000
const MOST_OTHERS = 10

type Partition = Illegal['partition']

/** Rows of a history that are not on these objects, and the verdict on them. */
export interface CheckedRest {
  readonly result: Result
  /** The place of each of its rows in the whole history. */
  readonly rows: ArrayLike<number>
}

export interface OthersFailing {
  /** Operations are given by their place in the whole history. */
  readonly found: readonly Illegal[]
  /** False: the time for one was over, or there are many. */
  readonly isComplete: boolean
}

const inWhole = (result: Illegal, rows: ArrayLike<number>): Illegal => ({
  ...result,
  blocked: rows[result.blocked] as number,
  prefix: result.prefix.map((row) => rows[row] as number),
  witness: result.witness.map((row) => rows[row] as number),
})

/** The other objects that fail. A check ends at the first, so it is repeated without those that are known. */
export const othersFailing = async (
  first: Partition,
  checkWithout: (known: ReadonlySet<Partition>, timeMs: number) => Promise<CheckedRest>,
): Promise<OthersFailing> => {
  const found: Illegal[] = []
  while (found.length < MOST_OTHERS) {
    const known = new Set([first, ...found.map(({ partition }) => partition)])
    const { result, rows } = await checkWithout(known, EACH_MS)
    if (result.verdict !== 'illegal') return { found, isComplete: result.verdict === 'ok' }
    found.push(inWhole(result, rows))
  }
  return { found, isComplete: false }
}

/**
 * The failing object that a reader is shown first: the one that failed first, whichever was found first. The others follow in
 * the order in which they failed.
 */
export const earliestFirst = (
  found: Illegal,
  { found: others, isComplete }: OthersFailing,
  pairOf: (row: number) => Pair,
): { readonly first: Illegal; readonly others: OthersFailing } => {
  const failedNs = ({ blocked }: Illegal): number => {
    const { invocation, completion } = pairOf(blocked)
    return completion?.timeNs ?? invocation.timeNs
  }
  const [first = found, ...later] = [found, ...others].sort((a, b) => failedNs(a) - failedNs(b))
  return { first, others: { found: later, isComplete } }
}

/** What the verdict says of the other objects that fail: an entry each. */
export const tellOthers = (
  { found, isComplete }: OthersFailing,
  nameOf: (partition: Partition) => string,
  pairOf: (row: number) => Pair,
): { readonly text: string; readonly evidence: readonly Evidence[] } => {
  if (found.length === 0) return { text: '', evidence: [] }
  const more = isComplete ? '' : ', perhaps among more'
  const names = found.map(({ partition }) => nameOf(partition)).join(', ')
  return {
    text: ` ${found.length === 1 ? '1 other key fails' : `${found.length} other keys fail`} too: ${names}${more}.`,
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
