import { expect, it } from 'vitest'
import { done, historyOf, judgeSteps } from '../harness/testing/steps.ts'
import { CALLS } from '../harness/vocabularies/calls.ts'
import { targets } from '../targets/index.ts'
import { workloads } from '../workloads/index.ts'
import { strangerIn, wrongVocabulary } from './vocabulary.ts'

it('every vocabulary of a workload, or of a target, has its calls listed', () => {
  const used = [
    ...Object.values(workloads).map(({ vocabulary }) => vocabulary),
    ...Object.values(targets).flatMap(({ clients }) => Object.keys(clients)),
  ]
  for (const vocabulary of used) expect(CALLS, vocabulary).toHaveProperty(vocabulary)
})

it('a history of another vocabulary is not judged, and says so in one sentence', async () => {
  const steps = [...done(0, 'add', { key: 1, delta: 2 }), ...done(1, 'write', { key: 1, value: 3 })]
  const stranger = strangerIn(historyOf(steps), 'counter')
  if (stranger === null) throw new Error('a write was taken for a call of a counter')
  expect(await judgeSteps(wrongVocabulary(stranger, 'counter'), steps)).toMatchObject({
    status: 'unknown',
    summary: 'Not judged: operation 2 is a write, and the vocabulary counter has add, read.',
  })
  expect(strangerIn(historyOf(steps.slice(0, 2)), 'counter')).toBeNull()
})
