import { cases, inDoubt, refused } from '../../harness/testing/cases.ts'
import { expecting } from '../../harness/testing/promises.ts'
import { done } from '../../harness/testing/steps.ts'
import { fifo, totalQueue } from './queue.ts'

const put = (value: number) => done(value, 'enqueue', { key: 1, value })
const maybePut = (value: number) => inDoubt(value + 20, 'enqueue', { key: 1, value })
const refusedPut = (value: number) => refused(0, 'enqueue', { key: 1, value })
const take = (value: number | null) => done(9, 'dequeue', { key: 1 }, { key: 1, value })
const drain = (...values: number[]) => done(9, 'drain', { key: 1 }, { key: 1, values })

cases(fifo, [
  ['in order', 'valid', put(1), put(2), take(1), take(2), take(null)],
  ['out of order', 'invalid', put(1), put(2), take(2), take(1)],
  ['empty although it is not', 'invalid', put(1), take(null)],
])
cases(totalQueue, [
  ['out of order, which is not its business', 'valid', put(1), put(2), take(2), take(1), take(null)],
  ['not drained, and something did not come out', 'unknown', put(1), put(2), take(1)],
  ['not drained, and all came out', 'valid', put(1), put(2), take(1), take(2)],
  ['nothing was put in', 'unknown', take(null)],
  ['drained at once', 'valid', put(1), put(2), take(1), drain(2)],
  ['lost, by a drain', 'invalid', put(1), put(2), drain(2)],
  ['taken twice, once by a drain', 'invalid', put(1), take(1), drain(1)],
  ['missing, but a drain is in doubt', 'valid', put(1), put(2), inDoubt(5, 'drain', { key: 1 }), take(null)],
  ['taken twice', 'invalid', put(1), take(1), take(1)],
  ['lost', 'invalid', put(1), put(2), take(2), take(null)],
  ['never put in', 'invalid', take(7)],
  ['put in by a fail', 'invalid', refusedPut(3), take(3)],
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

cases(totalQueue, [
  ['a value put in twice comes out twice', 'valid', put(1), put(1), take(1), take(1), take(null)],
  ['a value put in twice comes out three times', 'invalid', put(1), put(1), take(1), take(1), take(1)],
  ['a value put in twice comes out once', 'invalid', put(1), put(1), take(1), take(null)],
  ['a value put in twice, once in doubt, comes out once', 'valid', put(1), maybePut(1), take(1), take(null)],
  ['a value put in twice, once in doubt, comes out twice', 'valid', put(1), maybePut(1), take(1), drain(1)],
  ['a value that was refused when put in again', 'valid', put(1), refusedPut(1), take(1), take(null)],
  [
    'a value that was refused when put in again comes out twice',
    'invalid',
    put(1),
    refusedPut(1),
    take(1),
    take(1),
  ],
  [
    'two of a value missing, and one dequeue in doubt',
    'invalid',
    put(1),
    put(1),
    inDoubt(5, 'dequeue', { key: 1 }),
    take(null),
  ],
  [
    'one of a value missing, and one dequeue in doubt',
    'valid',
    put(1),
    put(1),
    inDoubt(5, 'dequeue', { key: 1 }),
    take(1),
    take(null),
  ],
])

cases(
  totalQueue,
  [
    [
      'a value that was put in twice tells no order',
      'valid',
      put(1),
      put(2),
      put(1),
      take(2),
      take(1),
      take(1),
      take(null),
    ],
    [
      'others still do',
      'invalid',
      put(1),
      put(1),
      put(2),
      put(3),
      take(3),
      take(2),
      take(1),
      take(1),
      take(null),
    ],
  ],
  { what: 'in order, at least once', parts: expecting('fifo-at-least-once') },
)

cases(fifo, [['out of order', 'invalid', put(1), put(2), take(2), take(1)]], {
  what: 'where old answers are expected, and no call merely reads',
  parts: expecting('consistent-prefix'),
})
