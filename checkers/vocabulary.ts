/** Replaces the checkers of a workload if the history uses another vocabulary: it says so and judges nothing. */
import type { Operation, Sequence } from '../harness/api/history.ts'
import type { Checker } from '../harness/api/verdict.ts'
import type { Vocabulary } from '../harness/api/vocabulary.ts'
import { definitionOf } from '../harness/vocabularies/vocabulary.ts'
import { checkerOf, notJudged } from './verdict.ts'

/** The first operation that is not a call of the vocabulary; null if all are. */
export const strangerIn = (history: Sequence<Operation>, vocabulary: Vocabulary): Operation | null =>
  history.find(({ process, f }) => process !== 'nemesis' && definitionOf(vocabulary, f) === undefined) ?? null

export const wrongVocabulary = (stranger: Operation, { name, calls }: Vocabulary): Checker =>
  checkerOf({
    name: 'vocabulary',
    finds: 'operations of another vocabulary',
    needs: ['history'],
    promise: () => ({ text: `every operation is a call of ${name}`, source: 'the workload' }),
    judge: () =>
      notJudged(
        `operation ${stranger.index} is a ${stranger.f}, but the vocabulary ${name} has only ${Object.keys(calls).join(', ')}`,
      ),
  })
