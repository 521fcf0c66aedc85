import { expect, it } from 'vitest'
import { cases } from '../../harness/testing/cases.ts'
import { oldReads } from '../../harness/testing/promises.ts'
import { done, type Step } from '../../harness/testing/steps.ts'
import { MULTI_REGISTER } from '../../harness/vocabularies/multi-register.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { componentsOf, multiRegister } from './multi-register.ts'

const txn = (process: number, ...ops: readonly (readonly [string, Scalar, unknown])[]): readonly Step[] => {
  const asked = ops.map(([f, key, value]) => [f, key, f === 'r' ? null : value])
  return done(process, 'txn', asked, ops)
}
cases(multiRegister(null), [
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
  [
    'texts as keys and values',
    'valid',
    txn(0, ['w', 'x y', 'a=b'], ['w', 'y', true]),
    txn(1, ['r', 'x y', 'a=b']),
  ],
  ['the text 1 is not the number 1', 'invalid', txn(0, ['w', 'x', 1]), txn(1, ['r', 'x', '1'])],
  [
    'keys that only a third transaction uses together',
    'invalid',
    txn(0, ['w', 'a', 1], ['w', 'b', 1]),
    txn(0, ['w', 'c', 1], ['w', 'd', 1]),
    txn(1, ['r', 'b', 1], ['r', 'c', null]),
  ],
])

cases(multiRegister(0), [
  ['the initial value that was told', 'valid', txn(1, ['r', 'x', 0]), txn(0, ['w', 'x', 1])],
  ['nothing in place of it', 'invalid', txn(1, ['r', 'x', null]), txn(0, ['w', 'x', 1])],
])

it('keys are in one component if transactions connect them', () => {
  const uses = (...keys: readonly Scalar[]) => keys.map((key) => ({ f: 'read' as const, key, value: null }))
  const components = new Map(componentsOf([uses(1, 2), uses('a'), uses(3, 4), uses(2, 3), uses('b', 'a')]))
  expect(new Set([1, 2, 3, 4].map((key) => components.get(key))).size).toBe(1)
  expect(components.get('a')).toBe(components.get('b'))
  expect(components.get('a')).not.toBe(components.get(1))
  expect(components.get(1)).toBe('1, 2, 3 and 1 more')
})

for (const given of oldReads(MULTI_REGISTER, 'txn'))
  cases(
    multiRegister(null),
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
