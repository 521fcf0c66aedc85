import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson, printJson } from '../support/json.ts'
import { JsonReader } from './json-read.ts'
import { afterValue } from './json-scan.ts'

const reader = new JsonReader()

/** The value, with other bytes before and behind it. */
const readBetween = (text: string, behind: string): unknown => {
  const bytes = Buffer.from(`9${text}${behind}`)
  const end = Buffer.byteLength(text) + 1
  expect(afterValue(Buffer.from(text), 0, end - 1)).toBe(end - 1)
  return reader.read(bytes, 1, end)
}

describe('a value in bytes', () => {
  it.each([
    '0',
    '-0',
    '12.5e+3',
    '999999999999999',
    '9007199254740993',
    '-123456789012345678901234567890',
    '1e400',
    '"\\ud83d\\ude00 é \\"\\\\"',
    '{"__proto__":{"a":1},"constructor":2,"":3}',
    '[[[]],{},[{}],null,true,false]',
    '{"a":1,"b":2,"a":3}',
    `{"${'long'.repeat(20)}":"${'é'.repeat(20)}"}`,
  ])('%s is what JSON says', (text) => {
    for (const behind of [',', '}', ']', '', '7', '"a"', '.5'])
      expect(readBetween(text, behind)).toEqual(parseJson(text))
  })

  it('is what JSON says, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = printJson(value)
        for (const behind of [',', '7', '']) expect(readBetween(text, behind)).toEqual(parseJson(text))
      }),
    )
  })

  const many = Array.from({ length: 30_000 }, (_, place) => place - 100.5)

  it.each([
    ['numbers', many],
    ['lists of numbers', { reads: [many, [], many], last: 7 }],
    ['numbers, and then something else', [...many, null, ...many, 'text', ...many, [1]]],
  ])('reads long lists: %s', (_, value) => {
    const text = printJson(value)
    for (const behind of [',', ']', '7', '']) expect(readBetween(text, behind)).toEqual(value)
  })

  it('does not make a prototype of a field', () => {
    const read = readBetween('{"__proto__":{"polluted":true}}', ',') as Record<string, unknown>
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype)
    expect(Object.keys(read)).toEqual(['__proto__'])
  })
})
