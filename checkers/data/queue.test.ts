import { cases, inDoubt, refused } from '../../harness/testing/cases.ts'
import { expecting } from '../../harness/testing/promises.ts'
import { done } from '../../harness/testing/steps.ts'
import { fifo, totalQueue } from './queue.ts'

const put = (value: number) => done(value, 'enqueue', { key: 1, value })
const take = (value: number | null) => done(9, 'dequeue', { key: 1 }, { key: 1, value })
cases(fifo, [
  ['in order', 'valid', put(1), put(2), take(1), take(2), take(null)],
  ['out of order', 'invalid', put(1), put(2), take(2), take(1)],
  ['empty although it is not', 'invalid', put(1), take(null)],
])
cases(totalQueue, [
  ['out of order, which is not its business', 'valid', put(1), put(2), take(2), take(1), take(null)],
  ['not drained', 'unknown', put(1), put(2), take(1)],
  ['taken twice', 'invalid', put(1), take(1), take(1)],
  ['lost', 'invalid', put(1), put(2), take(2), take(null)],
  ['never put in', 'invalid', take(7)],
  ['put in by a fail', 'invalid', refused(0, 'enqueue', { key: 1, value: 3 }), take(3)],
  ['missing, but one dequeue is in doubt', 'valid', put(1), inDoubt(5, 'dequeue', { key: 1 }), take(null)],
  [
    'two missing, and one dequeue in doubt',
    'invalid',
    put(1),
    put(2),
    inDoubt(5, 'dequeue', { key: 1 }),
    take(null),
  ],
])

cases(fifo, [['out of order', 'invalid', put(1), put(2), take(2), take(1)]], {
  what: 'where old answers are expected, and no call merely reads',
  parts: expecting('consistent-prefix'),
})
