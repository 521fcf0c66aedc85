import { describe, expect, it } from 'vitest'
import { cases } from '../../harness/testing/cases.ts'
import { claiming, expecting } from '../../harness/testing/promises.ts'
import { done, judgeSteps, type Step } from '../../harness/testing/steps.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
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

const LESS = [txn(0, ['append', 1, 5]), txn(1, ['r', 1, [5]]), txn(1, ['r', 1, []])]
const DISORDERED = [txn(0, ['append', 1, 5]), txn(0, ['append', 1, 6]), txn(1, ['r', 1, [6, 5]])]
const AMONG = [
  txn(0, ['append', 1, 5]),
  txn(1, ['r', 1, [5]]),
  txn(1, ['append', 1, 6]),
  txn(0, ['r', 1, [6, 5]]),
]
describe('sessions, by what was promised of transactions', () => {
  it.each([
    ['strict-serializable', 'invalid', 'invalid', 'invalid'],
    ['strong-session-serializable', 'invalid', 'invalid', 'invalid'],
    ['strong-session-read-committed', 'valid', 'invalid', 'invalid'],
    ['strong-session-read-uncommitted', 'valid', 'invalid', 'valid'],
    ['serializable', 'valid', 'valid', 'valid'],
  ] as const)(
    '%s: reads that go back %s, writes out of order %s, writes among what was read %s',
    async (promise, ...statuses) => {
      for (const given of [claiming(LIST_APPEND, { txn: promise }), expecting(promise)]) {
        const judged = await Promise.all(
          [LESS, DISORDERED, AMONG].map((steps) => judgeSteps(sessions, steps.flat(), given)),
        )
        expect(judged.map(({ status }) => status)).toEqual(statuses)
        for (const { evidence } of judged) expect(evidence.length).toBeGreaterThan(0)
      }
    },
  )
})
