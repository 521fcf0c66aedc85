/** The three forms of a history, and what is not a valid one. */
import { describe, expect, it } from 'vitest'
import { generateColumns, toOperations } from '../bench/histories.ts'
import { check } from '../check.ts'
import type { Event } from '../model.ts'
import { casRegister, REGISTER_KINDS, type RegisterInput, type RegisterOutput } from '../models/register.ts'
import { NIL } from './names.ts'
import { operationsOf } from './operations.ts'

const register = casRegister(null)

describe('columns', () => {
  it.each([1, 2, 3, 4, 5, 6])('say the same as objects, seed %i', (seed) => {
    const columns = generateColumns({
      seed,
      operations: 400,
      clients: 5,
      keys: 3,
      cas: 0.2,
      crashed: 0.05,
      stale: seed % 2 === 0,
      ...(seed < 4 ? {} : { values: 3 }),
    })
    expect(check(register, columns)).toEqual(check(register, toOperations(columns)))
  })

  it('may come in any order', () => {
    const columns = {
      client: Int32Array.of(1, 0),
      call: Float64Array.of(5, 0),
      return: Float64Array.of(6, 1),
      kind: Uint8Array.of(REGISTER_KINDS.read, REGISTER_KINDS.write),
      value: Int32Array.of(NIL, 7),
    }
    expect(check(register, columns)).toMatchObject({
      verdict: 'illegal',
      blocked: 0,
      prefix: Int32Array.of(1, 0),
    })
  })

  it('name what is wrong with them', () => {
    const columns = generateColumns({ seed: 1, operations: 10, clients: 2 })
    const short = { ...columns, value: columns.value.slice(1) }
    expect(() => check(register, short)).toThrow('column value has 9 rows, column call has 10')
    const call = columns.call.with(4, Number.NaN)
    expect(() => check(register, { ...columns, call })).toThrow('operation 4: its call time is NaN')
    const client = columns.client.map(() => 0)
    expect(() => check(register, { ...columns, client })).toThrow(
      /client 0 called it with another operation open/,
    )
  })
})

describe('events', () => {
  type Register = Event<RegisterInput, RegisterOutput>
  const call = (client: number, input: RegisterInput): Register => ({ type: 'call', client, input })
  const back = (client: number, output: RegisterOutput): Register => ({ type: 'return', client, output })
  const read: RegisterInput = { f: 'read', key: 0 }
  const write: RegisterInput = { f: 'write', key: 0, value: 1 }

  it('become operations; a call without a return never returned', () => {
    const operations = operationsOf([call(0, write), call(1, read), back(1, { value: 1 })])
    expect(operations.map(({ call: from, return: to }) => [from, to])).toEqual([
      [0, Number.POSITIVE_INFINITY],
      [1, 2],
    ])
    expect(check(register, operations).verdict).toBe('ok')
  })

  it('that do not pair are named', () => {
    expect(() => operationsOf([call(0, read), call(0, read)])).toThrow('event 1: client 0 calls with another')
    expect(() => operationsOf([call(0, read), back(3, { value: 1 })])).toThrow(
      'event 1: client 3 returns without a call',
    )
  })
})

it('a client that is not a 32-bit integer is named', () => {
  const operation = {
    client: 2 ** 40,
    call: 0,
    return: 1,
    input: { f: 'read', key: 0 },
    output: { value: null },
  } as const
  expect(() => check(register, [operation])).toThrow(
    'operation 0: its client 1099511627776 is not a 32-bit integer',
  )
})
