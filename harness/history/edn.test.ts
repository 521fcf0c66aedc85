import { describe, expect, it } from 'vitest'
import type { Edn } from '../api/edn.ts'
import { keyword } from '../vocabularies/edn.ts'
import { printEdn, readEdn } from './edn.ts'

const read = (text: string): readonly Edn[] => readEdn(text).values.map(({ value }) => value)

describe('EDN', () => {
  it('reads what histories are made of', () => {
    const [value] = read(
      '; a comment\n{:process 1, :f :read :value [1 "a\\n\\"b\\u00e9" nil true -2.5 7N #_ 3 #{4} (5) \\a \\newline 1/2] :tag #inst "2020"}',
    )
    const map = value as ReadonlyMap<Edn, Edn>
    expect(map.get(keyword('f'))).toBe(keyword('read'))
    expect(map.get(keyword('value'))).toEqual([
      1,
      'a\n"bé',
      null,
      true,
      -2.5,
      7,
      new Set([4]),
      [5],
      'a',
      '\n',
      0.5,
    ])
    expect(map.get(keyword('tag'))).toBe('2020')
  })

  it('takes the items of a vector or a list at the top for values of their own', () => {
    expect(read('[{:a 1}\n {:a 2}]')).toHaveLength(2)
    expect(read('({:a 1} {:a 2})')).toHaveLength(2)
  })

  it('tells the line on which each value begins', () => {
    expect(readEdn('{:a 1}\n\n; no\n{:a\n 2}\n{:a 3}').values.map(({ line }) => line)).toEqual([1, 4, 6])
  })

  it('keeps every digit of a whole number', () => {
    expect(read('9007199254740993 9007199254740992 -9007199254740993N 9007199254740991')).toEqual([
      9007199254740993n,
      9007199254740992n,
      -9007199254740993n,
      9007199254740991,
    ])
  })

  it('reads records by their maps, whatever their tag', () => {
    expect(read('#jepsen.history.Op{:index 0, :f :read}')).toEqual([
      new Map<Edn, Edn>([
        [keyword('index'), 0],
        [keyword('f'), keyword('read')],
      ]),
    ])
  })

  it('prints what it reads back the same', () => {
    const text = '{:index 0, :value [1 nil], :f :read, :s "a\\"b", 3 #{4 5}, :big 9007199254740993}'
    expect(printEdn(read(text)[0] ?? null)).toBe(text)
  })

  it('says on which line a text was cut off within a value, and keeps those before it', () => {
    expect(readEdn('{:a 1}\n{:a 2}\n{:a')).toMatchObject({ values: [{ line: 1 }, { line: 2 }], torn: 3 })
    expect(readEdn('[{:a 1}\n{:a 2}')).toMatchObject({ values: [{ line: 1 }, { line: 2 }], torn: 2 })
    expect(readEdn('[{:a 1}\n{:a 2}]').torn).toBeNull()
  })

  it.each([
    ['{:a [2', 'ends before a closing ]'],
    ['"abc', 'inside a string'],
    ['{:a}', 'without a value'],
    ['\n\n]', 'line 3: unexpected ]'],
    ['1x2', 'no number'],
    ['"\\u00g1"', 'no character'],
  ])('refuses %j', (text, message) => expect(() => readEdn(text)).toThrow(message))
})
