import { describe, expect, it } from 'vitest'
import type { Operation } from '../api/history.ts'
import { pairOperations } from '../history/pairing.ts'
import { REGISTER } from '../vocabularies/register.ts'
import { readVarints, StoredLines } from './columns.ts'
import { type NumberColumn, operationColumns } from './operations.ts'

type Event = Omit<Operation, 'index' | 'timeNs'> & { readonly at: number }

/** Times in ms. */
const pairsOf = (events: readonly Event[]) =>
  pairOperations(events.map(({ at, ...event }, index) => ({ ...event, index, timeNs: at * 1e6 })))

const write = (process: number, at: number, type: Operation['type'], value: number): Event => ({
  process,
  at,
  type,
  f: 'write',
  value: { key: 1, value },
})

const read = (process: number, at: number, type: Operation['type'], value: number | null): Event => ({
  process,
  at,
  type,
  f: 'read',
  value: type === 'ok' ? { key: 1, value } : { key: 1 },
})

const numbersOf = (events: readonly Event[], column: NumberColumn): readonly number[] => {
  const { columns, count } = operationColumns(pairsOf(events), () => 0, REGISTER)
  return [...readVarints(columns[column], count)]
}

describe('the columns of operations', () => {
  const events = [
    write(0, 1000, 'invoke', 7),
    read(1, 1001, 'invoke', null),
    write(0, 1500, 'info', 7),
    read(1, 1600, 'ok', null),
    read(1, 5000, 'invoke', null),
    read(1, 5002, 'ok', 7),
  ]

  it('have times in microseconds, from each invocation to the next', () => {
    expect(numbersOf(events, 'start')).toEqual([1_000_000, 1000, 3_999_000])
    expect(numbersOf(events, 'duration')).toEqual([500_001, 599_001, 2001])
  })

  it('name the answer that proves that an operation in doubt took effect', () => {
    expect(numbersOf(events, 'proof')).toEqual([1 + 2, 0, 0])
  })

  it('take no answer as proof of a value that two operations wrote', () => {
    const twice = [...events, write(2, 6000, 'invoke', 7), write(2, 6001, 'ok', 7)]
    expect(numbersOf(twice, 'proof')).toEqual([0, 0, 0, 0])
  })

  it('keep an operation that never completed open', () => {
    expect(numbersOf(events.slice(0, 2), 'duration')).toEqual([0, 0])
  })

  it('tell nanoseconds of a history without other times', () => {
    const short = pairOperations(
      [0, 1, 2, 3].map((index) => ({
        index,
        timeNs: index,
        process: index >> 1,
        type: index % 2 === 0 ? ('invoke' as const) : ('ok' as const),
        f: 'read',
        value: { key: 1, value: null },
      })),
    )
    const { columns, tickMs } = operationColumns(short, () => 0, REGISTER)
    expect(tickMs).toBe(1e-6)
    expect([...readVarints(columns.start, 2)]).toEqual([0, 2])
  })

  it('keep texts as they are, and cut those that are too long', () => {
    const hostile = '</script><script>alert(1)</script>'
    const huge = 'x'.repeat(1e6)
    const pairs = pairOperations([
      { index: 0, timeNs: 0, process: 0, type: 'invoke', f: 'write', value: { key: 1, value: hostile } },
      {
        index: 1,
        timeNs: 1,
        process: 0,
        type: 'info',
        f: 'write',
        value: { key: 1, value: huge },
        error: hostile,
      },
      { index: 2, timeNs: 2, process: 1, type: 'invoke', f: 'write', value: { key: 1, value: huge } },
    ])
    const { columns, count } = operationColumns(pairs, () => 0, REGISTER)
    const values = new StoredLines(columns.value, count)
    expect(JSON.parse(values.at(0))).toEqual({ key: 1, value: hostile })
    expect(values.at(1).length).toBeLessThan(3000)
    expect(values.at(1)).toMatch(/\(\d{6} more characters\)$/)
    expect(new StoredLines(columns.error, count).at(0)).toBe(hostile)
  })

  it('keep all digits of whole numbers, and cut errors and names of objects', () => {
    const huge = 'x'.repeat(1e6)
    const invocation = { index: 0, timeNs: 0, process: 0, type: 'invoke', f: 'write' } as const
    const pairs = pairOperations([
      { ...invocation, value: { key: huge, value: 12345678901234567890n } },
      { ...invocation, index: 1, type: 'info', value: null, error: huge },
    ])
    const { columns, count, objects } = operationColumns(pairs, () => 0, REGISTER)
    expect(new StoredLines(columns.error, count).at(0).length).toBeLessThan(3000)
    expect(objects[0]?.length).toBeLessThan(3000)
    const short = pairOperations([{ ...invocation, value: { key: 1, value: 12345678901234567890n } }])
    const { columns: exact } = operationColumns(short, () => 0, REGISTER)
    expect(new StoredLines(exact.value, 1).at(0)).toBe('{"key":1,"value":12345678901234567890}')
  })
})
