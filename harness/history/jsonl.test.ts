import { describe, expect, it } from 'vitest'
import type { Operation } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { parseJson } from '../support/json.ts'
import { readRecorded } from '../testing/decoded.ts'
import { encodeOperation } from './jsonl.ts'
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
  it('reads what it wrote', () => expect(readRecorded(text)).toEqual({ operations: [operation], notes: [] }))

  it('reads what has no header, or an earlier one without a version', () => {
    expect(readRecorded(encodeOperation(operation)).operations).toEqual([operation])
    expect(
      readRecorded(`{"schema":"faultline.history/1"}\n${encodeOperation(operation)}`).operations,
    ).toEqual([operation])
  })

  it('drops a torn last line and says so', () => {
    const { operations, notes } = readRecorded(`${text}{"index":1,"ti`)
    expect(operations).toEqual([operation])
    expect(notes[0]).toContain('torn')
  })

  it('reads every prefix of a history', () => {
    for (let length = 0; length <= text.length; length++)
      expect(() => readRecorded(text.slice(0, length))).not.toThrow()
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
    expect(() => readRecorded(bad)).toThrow(UserError)
    expect(() => readRecorded(bad)).toThrow(message)
  })
})

describe('a line', () => {
  /** What the JSON parser makes of the lines, and of nothing else. */
  const parsed = (lines: readonly string[]): readonly unknown[] => lines.map((line) => parseJson(line))

  const HEAD = '{"index":0,"timeNs":12,"process":3,"type":"invoke","f":"write","value":'

  it.each([
    '{"key":1,"value":2}',
    '-0.5e-3',
    '"a\\u00e9\\n\\"é"',
    '[]',
    '{}',
    '[[],{"":[null,true,false]},"}"]',
    '12345678901234567890',
    `${'['.repeat(300)}${']'.repeat(300)}`,
  ])('with the value %s is read as JSON', (value) => {
    const lines = ['', ',"node":"n1"', ',"meta":{"term":3}', ',"node":"é","error":"a\\"b","meta":{}'].map(
      (rest) => `${HEAD}${value}${rest}}`,
    )
    for (const line of lines) {
      expect(readRecorded(`${line}\n`).operations).toEqual(parsed([line]))
      // As somebody else would write it.
      const spaced = line.replace('"timeNs":12,', ' "timeNs" : 1.2e1 , ')
      expect(readRecorded(`${spaced}\n`).operations).toEqual(parsed([line]))
    }
  })

  it.each([
    ...['{"key":1', '01', '1.', '+1', 'nul', 'True', '[1,]', '{"a":1,}', '{a:1}', '"\\x"', '"a', '[1 2]', ''],
    ...['1e', '-', '"\\u12g4"', '{"a"}', '1}{', '"tab\there"'],
  ])('with the value %s is refused', (value) =>
    expect(() => readRecorded(`${HEAD}${value}}\n`)).toThrow('line 1: not JSON'),
  )

  it('may be cut anywhere by the pieces in which a file is read', () => {
    const lines = Array.from({ length: 30 }, (_, i) =>
      encodeOperation({ ...operation, index: i, process: i }),
    )
    const whole = readRecorded(lines.join(''))
    for (const bytes of [1, 2, 7, 100, 1000]) expect(readRecorded(lines.join(''), bytes)).toEqual(whole)
    expect(whole.operations).toHaveLength(30)
  })
})
