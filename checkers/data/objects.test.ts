import { expect, it } from 'vitest'
import type { Vocabulary } from '../../harness/api/vocabulary.ts'
import { claiming } from '../../harness/testing/promises.ts'
import { done, judgeSteps } from '../../harness/testing/steps.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { counter as model } from '../porcupine-ts/models/counter.ts'
import { linearizableObject } from './objects.ts'

it('a promise that a sequential model cannot judge is named, and nothing is judged', async () => {
  const vocabulary: Vocabulary = { ...COUNTER, promises: ['linearizable', 'serializable'] }
  const checker = linearizableObject('counter', {
    finds: '',
    vocabulary,
    holds: null,
    model,
    reference: { file: 'counter', name: 'counter' },
    read: () => null,
  })
  const steps = done(0, 'read', { key: 1 }, { key: 1, value: 7 })
  expect(await judgeSteps(checker, steps, claiming(vocabulary, { read: 'serializable' }))).toMatchObject({
    status: 'unknown',
    promise: { text: 'add: linearizable, read: serializable' },
    summary:
      'Not judged: serializable is promised of read, and a sequential model tells only of linearizable and consistent-prefix.',
  })
})
