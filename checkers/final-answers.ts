/**
 * What reads showed at the end, once all changes and faults were over. An eventual promise says nothing about earlier reads,
 * and sets no time: so it is refuted only where all these answers agree on a wrong state, as replicas that have converged do.
 */
import type { Operation, Pair } from '../harness/api/history.ts'
import type { RunRecord } from '../harness/api/record.ts'
import type { Vocabulary } from '../harness/api/vocabulary.ts'
import { mayChange } from '../harness/vocabularies/vocabulary.ts'

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

/** The reads that began after every change and every fault was over, in order of invocation. */
export const readsAtTheEnd = (record: RunRecord, vocabulary: Vocabulary): readonly Answered[] => {
  const { pairs } = record
  const changes = pairs.filter(({ invocation }) => mayChange(vocabulary, invocation))
  const lastIndex = changes.reduce(
    (last, { invocation, completion }) => Math.max(last, completion?.index ?? invocation.index),
    -1,
  )
  const healedNs = lastHealNs(record)
  return pairs.filter(
    (pair): pair is Answered =>
      pair.completion?.type === 'ok' &&
      pair.invocation.index > lastIndex &&
      pair.invocation.timeNs >= healedNs &&
      !mayChange(vocabulary, pair.invocation),
  )
}

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
