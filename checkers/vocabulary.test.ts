import { expect, it } from 'vitest'
import { done, historyOf, judgeSteps } from '../harness/testing/steps.ts'
import { COUNTER } from '../harness/vocabularies/counter.ts'
import { strangerIn, wrongVocabulary } from './vocabulary.ts'

it('a history of another vocabulary is not judged, and says so in one sentence', async () => {
  const steps = [...done(0, 'add', { key: 1, delta: 2 }), ...done(1, 'write', { key: 1, value: 3 })]
  const stranger = strangerIn(historyOf(steps), COUNTER)
  if (stranger === null) throw new Error('a write was taken for a call of a counter')
  expect(await judgeSteps(wrongVocabulary(stranger, COUNTER), steps)).toMatchObject({
    status: 'unknown',
    summary: 'Not judged: operation 2 is a write, but the vocabulary counter has only add, read.',
  })
  expect(strangerIn(historyOf(steps.slice(0, 2)), COUNTER)).toBeNull()
})
