/** What stands in for a workload's checkers where the history is of another vocabulary: one sentence, and nothing judged. */
import type { Operation } from '../harness/api/history.ts'
import type { Checker } from '../harness/api/verdict.ts'
import { CALLS } from '../harness/vocabularies/calls.ts'
import { checkerOf, notJudged } from './verdict.ts'

/** The first operation that is no call of the vocabulary; null where all are, or nobody knows its calls. */
export const strangerIn = (history: readonly Operation[], vocabulary: string): Operation | null => {
  const calls = CALLS[vocabulary]
  if (calls === undefined) return null
  return history.find(({ process, f }) => process !== 'nemesis' && !calls.includes(f)) ?? null
}

export const wrongVocabulary = (stranger: Operation, vocabulary: string): Checker =>
  checkerOf({
    name: 'vocabulary',
    finds: 'operations of another vocabulary',
    needs: ['history'],
    promise: () => ({ text: `every operation is a call of ${vocabulary}`, source: 'the workload' }),
    judge: () =>
      notJudged(
        `operation ${stranger.index} is a ${stranger.f}, and the vocabulary ${vocabulary} has ${CALLS[vocabulary]?.join(', ')}`,
      ),
  })
