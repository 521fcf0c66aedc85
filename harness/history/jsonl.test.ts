import { describe, expect, it } from 'vitest'
import type { Operation } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { decodeHistory, encodeOperation } from './jsonl.ts'
import { encodeHeader } from './schema.ts'

const operation: Operation = {
  index: 0,
  timeNs: 12,
  process: 3,
  type: 'invoke',
  f: 'write',
  value: { key: 1, value: 2 },
  node: 'n1',
}
const text = encodeHeader('history', '1.2.3') + encodeOperation(operation)

describe('history.jsonl', () => {
  it('reads what it wrote', () => expect(decodeHistory(text)).toEqual({ operations: [operation], notes: [] }))

  it('reads what has no header, or an earlier one without a version', () => {
    expect(decodeHistory(encodeOperation(operation)).operations).toEqual([operation])
    expect(
      decodeHistory(`{"schema":"faultline.history/1"}\n${encodeOperation(operation)}`).operations,
    ).toEqual([operation])
  })

  it('drops a torn last line and says so', () => {
    const { operations, notes } = decodeHistory(`${text}{"index":1,"ti`)
    expect(operations).toEqual([operation])
    expect(notes[0]).toContain('torn')
  })

  it('reads every prefix of a history', () => {
    for (let length = 0; length <= text.length; length++)
      expect(() => decodeHistory(text.slice(0, length))).not.toThrow()
  })

  it.each([
    ['not JSON\n', 'line 1: not JSON'],
    [`${text}{"index":"x"}\n`, 'line 3: no integer "index"'],
    ['{"index":0,"timeNs":1,"process":"bob","type":"ok","f":"r","value":1}\n', '"process"'],
    ['{"index":0,"timeNs":1,"process":1,"type":"done","f":"r","value":1}\n', '"type"'],
    ['{"index":0,"timeNs":1,"process":1,"type":"ok","f":"r"}\n', 'no "value"'],
    ['[1]\n', 'no integer "index"'],
    ['{"schema":"faultline.history/99"}\n', 'schema faultline.history/99, which is newer'],
    ['{"schema":"faultline.faults/1"}\n', 'schema faultline.faults/1, and faultline.history/1 is expected'],
    ['{"schema":7}\n', 'schema 7, and'],
  ])('refuses %j with its line', (bad, message) => {
    expect(() => decodeHistory(bad)).toThrow(UserError)
    expect(() => decodeHistory(bad)).toThrow(message)
  })
})
