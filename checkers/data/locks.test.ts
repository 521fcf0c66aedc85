import { cases, inDoubt } from '../../harness/testing/cases.ts'
import { expecting } from '../../harness/testing/promises.ts'
import { done } from '../../harness/testing/steps.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { fencing, mutex, semaphore } from './locks.ts'

const acquire = (owner: number, isDone: boolean, token?: number) =>
  done(owner, 'acquire', { key: 1, owner }, { done: isDone, ...(token === undefined ? {} : { token }) })
const release = (owner: number, isDone = true) => done(owner, 'release', { key: 1, owner }, { done: isDone })
cases(mutex(LOCK), [
  ['one after another', 'valid', acquire(1, true, 1), acquire(2, false), release(1), acquire(2, true, 2)],
  ['two at once', 'invalid', acquire(1, true, 1), acquire(2, true, 2)],
  [
    'one that may have been released',
    'valid',
    acquire(1, true),
    inDoubt(1, 'release', { key: 1, owner: 1 }),
    acquire(2, true),
  ],
  ['refused although it is free', 'invalid', acquire(1, true), release(1), acquire(2, false)],
])
cases(fencing(LOCK), [
  ['tokens that grow', 'valid', acquire(1, true, 4), release(1), acquire(2, true, 9)],
  ['a token again', 'invalid', acquire(1, true, 4), release(1), acquire(2, true, 4)],
])
cases(semaphore(2), [
  [
    'as many as there are permits',
    'valid',
    acquire(1, true),
    acquire(2, true),
    acquire(3, false),
    release(1),
    acquire(3, true),
  ],
  ['one more', 'invalid', acquire(1, true), acquire(2, true), acquire(3, true)],
  [
    'a release by who holds nothing',
    'valid',
    acquire(1, true),
    release(5, false),
    acquire(2, true),
    acquire(3, false),
  ],
])

cases(mutex(LOCK), [['two at once', 'invalid', acquire(1, true, 1), acquire(2, true, 2)]], {
  what: 'where old answers are expected, and no call merely reads',
  parts: expecting('consistent-prefix'),
})

cases(semaphore(1), [['more than another number of permits', 'invalid', acquire(1, true), acquire(2, true)]])
