/** What is read back has the type and all digits of what was written: a text that looks like a number stays a text. */
import { expect, it } from 'vitest'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { type Send, sendLog, sendQueue, sendTransaction } from './objects.ts'
import { sendRegister, sendSet } from './registers.ts'

const VALUES: readonly Scalar[] = [5, '5', 'null', 'true', true, '', 'a "b" ü', 2n ** 60n + 1n]

/** A server that has strings, lists and sets of texts, as Redis does. */
const memory = (): Send => {
  const lists = new Map<string, readonly string[]>()
  return async ([command, name, text]) => {
    const list = lists.get(name as string) ?? []
    switch (command) {
      case 'SET':
        lists.set(name as string, [text as string])
        return 'OK'
      case 'RPUSH':
      case 'SADD':
        lists.set(name as string, [...list, text as string])
        return list.length + 1
      case 'GET':
        return list[0] ?? null
      case 'LPOP':
        lists.set(name as string, list.slice(1))
        return list[0] ?? null
      default:
        return list
    }
  }
}

it.each(VALUES)('a register, a queue, a log and the set return %o as it was written', async (value) => {
  const send = memory()
  const key = value
  await sendRegister(send, { f: 'write', value: { key, value } })
  expect(await sendRegister(send, { f: 'read', value: { key } })).toEqual({ key, value })
  await sendQueue(send, { f: 'enqueue', value: { key, value } })
  expect(await sendQueue(send, { f: 'dequeue', value: { key } })).toEqual({ key, value })
  await sendLog(send, { f: 'append', value: { key, value } })
  expect(await sendLog(send, { f: 'read', value: { key } })).toEqual({ key, values: [value] })
  await sendSet(send, { f: 'add', value: { element: value } })
  expect(await sendSet(send, { f: 'read', value: {} })).toEqual({ elements: [value] })
})

it('the number 4 and the text "4" are different objects, and nothing is null', async () => {
  const send = memory()
  await sendRegister(send, { f: 'write', value: { key: 4, value: 1 } })
  const other = { key: '4' }
  expect(await sendRegister(send, { f: 'read', value: other })).toEqual({ ...other, value: null })
})

it('a compare-and-set tells the text "null" from no value', async () => {
  const sent: (readonly string[])[] = []
  const send: Send = async (args) => {
    sent.push(args)
    return 0
  }
  for (const expected of [null, 'null'])
    await sendRegister(send, { f: 'cas', value: { key: 1, expected, next: 2 } })
  expect(sent.map((args) => args[4])).toEqual(['null', '"null"'])
})

it('a transaction sends keys and values as texts, and reads them back', async () => {
  const sent: (readonly string[])[] = []
  const send: Send = async (args) => {
    sent.push(args)
    return [['5', '"5"'], '']
  }
  const big = 2n ** 60n + 1n
  const ops = [
    ['r', 'x', null],
    ['append', 4, big],
  ]
  const value = [
    ['r', 'x', [5, '5']],
    ['append', 4, big],
  ]
  expect(await sendTransaction('list/')(send, { f: 'txn', value: ops })).toEqual(value)
  expect(JSON.parse(sent[0]?.[3] ?? '')).toEqual([
    ['r', '"x"', 'null'],
    ['append', '4', String(big)],
  ])
})
