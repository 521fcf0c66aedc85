import { cases } from '../../harness/testing/cases.ts'
import { done, type Step } from '../../harness/testing/steps.ts'
import { sessions } from './sessions.ts'

const txn = (process: number, ...ops: readonly (readonly [string, number, unknown])[]): readonly Step[] => {
  const asked = ops.map(([f, key, value]) => [f, key, f === 'r' ? null : value])
  return done(process, 'txn', asked, ops)
}
cases(sessions, [
  [
    'all that was seen and done',
    'valid',
    txn(0, ['append', 1, 5]),
    txn(0, ['r', 1, [5]]),
    txn(1, ['r', 1, []]),
    txn(1, ['r', 1, [5]]),
  ],
  ['less than before', 'invalid', txn(0, ['append', 1, 5]), txn(1, ['r', 1, [5]]), txn(1, ['r', 1, []])],
  ['not what it wrote', 'invalid', txn(0, ['append', 1, 5]), txn(0, ['r', 1, []]), txn(1, ['r', 1, [5]])],
  [
    'own writes out of order',
    'invalid',
    txn(0, ['append', 1, 5]),
    txn(0, ['append', 1, 6]),
    txn(1, ['r', 1, [6, 5]]),
  ],
  [
    'a write among what it had read',
    'invalid',
    txn(0, ['append', 1, 5]),
    txn(1, ['r', 1, [5]]),
    txn(1, ['append', 1, 6]),
    txn(0, ['r', 1, [6, 5]]),
  ],
  [
    'another session sees less, which is its own affair',
    'valid',
    txn(0, ['append', 1, 5]),
    txn(0, ['r', 1, [5]]),
    txn(1, ['r', 1, []]),
  ],
])
