/** What stands in for a workload's checkers where the history is of another vocabulary: one sentence, and nothing judged. */
import type { Operation } from '../harness/api/history.ts'
import type { Checker } from '../harness/api/verdict.ts'
import type { Vocabulary } from '../harness/api/vocabulary.ts'
import { definitionOf } from '../harness/vocabularies/vocabulary.ts'
import { checkerOf, notJudged } from './verdict.ts'

/** The first operation that is no call of the vocabulary; null where all are. */
export const strangerIn = (history: readonly Operation[], vocabulary: Vocabulary): Operation | null =>
  history.find(({ process, f }) => process !== 'nemesis' && definitionOf(vocabulary, f) === undefined) ?? null

export const wrongVocabulary = (stranger: Operation, { name, calls }: Vocabulary): Checker =>
  checkerOf({
    name: 'vocabulary',
    finds: 'operations of another vocabulary',
    needs: ['history'],
    promise: () => ({ text: `every operation is a call of ${name}`, source: 'the workload' }),
    judge: () =>
      notJudged(
        `operation ${stranger.index} is a ${stranger.f}, and the vocabulary ${name} has ${Object.keys(calls).join(', ')}`,
      ),
  })
