import { cases, inDoubt, refused } from '../../harness/testing/cases.ts'
import { oldReads } from '../../harness/testing/promises.ts'
import { done } from '../../harness/testing/steps.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { counter } from './counter.ts'

const add = (delta: number) => ({ key: 1, delta })
const count = (value: number) => done(9, 'read', { key: 1 }, { key: 1, value })
cases(counter, [
  ['nothing', 'unknown'],
  ['adds that are all read', 'valid', done(0, 'add', add(2)), done(1, 'add', add(3)), count(5)],
  ['one in doubt, read or not', 'valid', inDoubt(0, 'add', add(2)), count(0), count(2)],
  ['one in doubt that goes away again', 'invalid', inDoubt(0, 'add', add(2)), count(2), count(0)],
  ['a lost add', 'invalid', done(0, 'add', add(2)), done(1, 'add', add(3)), count(3)],
  ['an add counted twice', 'invalid', done(0, 'add', add(2)), count(4)],
  ['an add that failed', 'invalid', refused(0, 'add', add(2)), count(2)],
])

for (const given of oldReads(COUNTER, 'read'))
  cases(
    counter,
    [
      ['a read of before', 'valid', done(0, 'add', add(2)), done(1, 'add', add(3)), count(2), count(0)],
      ['a read of what is only added later', 'invalid', count(2), done(0, 'add', add(2))],
      ['an add counted twice', 'invalid', done(0, 'add', add(2)), count(4)],
    ],
    given,
  )
