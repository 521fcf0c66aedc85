/**
 * What reads showed at the end, once all changes and faults were over. An eventual promise says nothing about earlier reads,
 * and sets no time: so it is refuted only where all these answers agree on a wrong state, as replicas that have converged do.
 */
import type { Operation, Pair } from '../harness/api/history.ts'
import type { RunRecord } from '../harness/api/record.ts'
import type { Fold } from '../harness/api/verdict.ts'
import type { Vocabulary } from '../harness/api/vocabulary.ts'
import { mayChange } from '../harness/vocabularies/vocabulary.ts'
import { foldPairs } from './fold.ts'

export type Answered = Pair & { readonly completion: Operation }

export interface FinalAnswers {
  /** The last one of each node, or of each process where nodes are not told. */
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

/** The reads that began after every change and every fault was over, in order of invocation. None while the run goes on. */
export const foldReadsAtTheEnd = (record: RunRecord, vocabulary: Vocabulary): Fold<readonly Answered[]> => {
  const healedNs = record.isUnderWay === true ? Number.POSITIVE_INFINITY : lastHealNs(record)
  let lastIndex = -1
  let places: number[] = []
  return {
    take: ({ invocation, completion }, place) => {
      if (mayChange(vocabulary, invocation)) {
        lastIndex = Math.max(lastIndex, completion?.index ?? invocation.index)
        // All reads so far began before it.
        if (places.length > 0) places = []
      } else if (completion?.type === 'ok' && invocation.index > lastIndex && invocation.timeNs >= healedNs)
        places.push(place)
    },
    result: () => places.map((place) => record.pairs.at(place) as Answered),
  }
}

export const readsAtTheEnd = (record: RunRecord, vocabulary: Vocabulary): readonly Answered[] =>
  foldPairs(record, foldReadsAtTheEnd(record, vocabulary))

/** @param reads some of `readsAtTheEnd`, of one object */
export const finalAnswers = (reads: readonly Answered[], { spec }: RunRecord): FinalAnswers => {
  const last = new Map(reads.map((read) => [read.invocation.node ?? read.invocation.process, read]))
  const isOfOneNode = last.size === 1 && reads[0]?.invocation.node !== undefined
  const unproven =
    last.size === 0
      ? 'no read began after all changes and faults were over'
      : isOfOneNode && (spec?.nodes ?? 1) > 1
        ? 'only one node answered after all changes and faults were over'
        : null
  return { answers: [...last.values()], unproven }
}
