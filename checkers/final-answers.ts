/**
 * What reads showed at the end, once all changes and faults were over. An eventual promise says nothing about earlier reads,
 * and sets no time: so it is refuted only where all these answers agree on a wrong state, as replicas that have converged do.
 */
import type { Operation, Pair } from '../harness/api/history.ts'
import type { RunRecord } from '../harness/api/record.ts'
import type { Fold } from '../harness/api/verdict.ts'
import type { Vocabulary } from '../harness/api/vocabulary.ts'
import { copiedOperation } from '../harness/support/copied-operation.ts'
import { mayChange } from '../harness/vocabularies/vocabulary.ts'

export type Answered = Pair & { readonly completion: Operation }

export interface FinalAnswers {
  readonly answers: readonly Answered[]
  /** Why they prove nothing; null: they do. */
  readonly unproven: string | null
}

/** Nanoseconds; infinite if a fault was never healed. */
const lastHealNs = ({ faults }: RunRecord): number =>
  Math.max(
    Number.NEGATIVE_INFINITY,
    ...(faults ?? []).map(({ injectedAtNs, healedAtNs }) =>
      injectedAtNs === undefined ? Number.NEGATIVE_INFINITY : (healedAtNs ?? Number.POSITIVE_INFINITY),
    ),
  )

/** Of each object, by what `objectsOf` tells of a read, which may be of several, the reads of `foldLastReads`. */
export const foldLastReadsByObjects = <Named>(
  record: RunRecord,
  vocabulary: Vocabulary,
  objectsOf: (read: Answered) => Iterable<Named>,
): Fold<ReadonlyMap<Named, readonly Answered[]>> => {
  const healedNs = record.isUnderWay === true ? Number.POSITIVE_INFINITY : lastHealNs(record)
  let lastIndex = -1
  /** Object -> node, or process -> the place of its last read. */
  const last = new Map<Named, Map<string | number, number>>()
  return {
    take: (pair, place) => {
      const { invocation, completion } = pair
      if (mayChange(vocabulary, invocation)) {
        lastIndex = Math.max(lastIndex, completion?.index ?? invocation.index)
        // All reads so far began before it.
        if (last.size > 0) last.clear()
      } else if (completion?.type === 'ok' && invocation.index > lastIndex && invocation.timeNs >= healedNs) {
        for (const named of objectsOf(pair as Answered)) {
          const places = last.get(named) ?? new Map<string | number, number>()
          last.set(named, places)
          places.set(invocation.node ?? invocation.process, place)
        }
      }
    },
    result: () => {
      const at = (place: number): Answered => {
        const { invocation, completion } = record.pairs.at(place) as Answered
        return { invocation: copiedOperation(invocation), completion: copiedOperation(completion) }
      }
      return new Map([...last].map(([named, places]) => [named, [...places.values()].map(at)]))
    },
  }
}

export const foldLastReadsByObject = <Named>(
  record: RunRecord,
  vocabulary: Vocabulary,
  objectOf: (read: Answered) => Named,
): Fold<ReadonlyMap<Named, readonly Answered[]>> =>
  foldLastReadsByObjects(record, vocabulary, (read) => [objectOf(read)])

/**
 * The last read of each node, or of each process where nodes are not told, among those that began after every change and
 * every fault was over. None while the run goes on. There may be millions before them, which are not fetched.
 */
export const foldLastReads = (record: RunRecord, vocabulary: Vocabulary): Fold<readonly Answered[]> => {
  const { take, result } = foldLastReadsByObject(record, vocabulary, () => null)
  return { take, result: () => result().get(null) ?? [] }
}

/** @param answers the last reads of one object */
export const finalAnswers = (answers: readonly Answered[], { spec }: RunRecord): FinalAnswers => {
  const isOfOneNode = answers.length === 1 && answers[0]?.invocation.node !== undefined
  const unproven =
    answers.length === 0
      ? 'no read began after all changes and faults were over'
      : isOfOneNode && (spec?.nodes ?? 1) > 1
        ? 'only one node answered after all changes and faults were over'
        : null
  return { answers, unproven }
}
