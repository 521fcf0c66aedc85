import { cases } from '../../harness/testing/cases.ts'
import { oldReads } from '../../harness/testing/promises.ts'
import { done, type Step } from '../../harness/testing/steps.ts'
import { MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import { multiRegister } from './multi-register.ts'

const txn = (process: number, ...ops: readonly (readonly [string, number, unknown])[]): readonly Step[] => {
  const asked = ops.map(([f, key, value]) => [f, key, f === 'r' ? null : value])
  return done(process, 'txn', asked, ops)
}
cases(multiRegister, [
  [
    'both or neither',
    'valid',
    txn(0, ['w', 0, 1], ['w', 1, 2]),
    txn(1, ['r', 0, 1], ['r', 1, 2], ['r', 2, null]),
  ],
  [
    'half a write',
    'invalid',
    txn(0, ['w', 0, 1], ['w', 1, 2]),
    txn(1, ['r', 0, 1], ['r', 1, null], ['r', 2, null]),
  ],
  [
    'groups apart',
    'valid',
    txn(0, ['w', 0, 1]),
    txn(0, ['w', 3, 5]),
    txn(1, ['r', 3, 5]),
    txn(1, ['r', 0, 1]),
  ],
])

for (const given of oldReads(MULTI_REGISTER, 'txn'))
  cases(
    multiRegister,
    [
      [
        'what was before both',
        'valid',
        txn(0, ['w', 0, 1], ['w', 1, 2]),
        txn(1, ['r', 0, null], ['r', 1, null]),
      ],
      ['half a write', 'invalid', txn(0, ['w', 0, 1], ['w', 1, 2]), txn(1, ['r', 0, 1], ['r', 1, null])],
      [
        'an old value beside a write, which is no mere read',
        'invalid',
        txn(0, ['w', 0, 1]),
        txn(1, ['r', 0, null], ['w', 1, 2]),
      ],
    ],
    given,
  )
