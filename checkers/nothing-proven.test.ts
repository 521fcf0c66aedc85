/** Histories that no cluster could have got wrong: unknown, with what is missing. */
import { expect, it } from 'vitest'
import type { Operation } from '../harness/api/history.ts'
import { bareRecord } from '../harness/store/run-store.ts'
import { linearizability } from './data/linearizability.ts'
import { listAppend, rwRegister } from './transactions/checker.ts'

const history = (f: string, ...calls: readonly (readonly [Operation['type'], unknown, unknown])[]) =>
  calls.flatMap(([type, value, answer], i): Operation[] => [
    { index: 2 * i, timeNs: 2 * i, process: i, type: 'invoke', f, value },
    { index: 2 * i + 1, timeNs: 2 * i + 1, process: i, type, f, value: answer },
  ])

const NIL = ['ok', { key: 1 }, { key: 1, value: null }] as const
const register = linearizability({ initial: null })

it.each([
  ['a register of which only nil was read', register, history('read', NIL, NIL), 'nothing was written'],
  [
    'lists of which only nothing was read',
    listAppend,
    history(
      'txn',
      ['ok', [['r', 1, null]], [['r', 1, []]]],
      ['info', [['append', 1, 1]], [['append', 1, 1]]],
    ),
    'a committed write would have been needed',
  ],
  [
    'registers of transactions of which only nil was read',
    rwRegister('nothing'),
    history('txn', ['ok', [['r', 1, null]], [['r', 1, null]]]),
    'a committed write would have been needed',
  ],
])('%s: unknown', async (_, checker, operations, words) => {
  const { status, summary } = await checker.check(bareRecord(operations), new AbortController().signal)
  expect(status).toBe('unknown')
  expect(summary).toContain(words)
})

it('a read of what was written is proof', async () => {
  const read = ['ok', [['r', 1, null]], [['r', 1, [1]]]] as const
  const operations = history('txn', ['ok', [['append', 1, 1]], [['append', 1, 1]]], read)
  const { status } = await listAppend.check(bareRecord(operations), new AbortController().signal)
  expect(status).toBe('valid')
})
