import { describe, expect, it } from 'vitest'
import type { Operation } from '../api/history.ts'
import { EdnMap, Keyword, parseEdn, printEdn } from './edn.ts'
import { decodeJepsen, encodeJepsen } from './jepsen.ts'

describe('EDN', () => {
  it('reads what histories are made of', () => {
    const [value] = parseEdn(
      '; a comment\n{:process 1, :f :read :value [1 "a\\n\\"b\\"" nil true -2.5 7N #_ 3 #{4} (5)] :tag #inst "2020"}',
    )
    expect(value).toBeInstanceOf(EdnMap)
    const map = value as EdnMap
    expect(map.get('f')).toEqual(new Keyword('read'))
    expect(map.get('value')).toEqual([1, 'a\n"b"', null, true, -2.5, 7, [4], [5]])
    expect(map.get('tag')).toBe('2020')
  })

  it('prints what it reads back the same', () => {
    const text = '{:index 0, :value [1 nil], :f :read, :s "a\\"b"}'
    expect(printEdn(parseEdn(text)[0] ?? null)).toBe(text)
  })

  it.each([
    ['[1 2', 'ends before a closing ]'],
    ['"abc', 'inside a string'],
    ['{:a}', 'without a value'],
    ['\n\n]', 'line 3: unexpected ]'],
    ['1x2', 'no number'],
  ])('refuses %j', (text, message) => expect(() => parseEdn(text)).toThrow(message))
})

describe("Jepsen's histories", () => {
  const edn = `[{:process 0, :type :invoke, :f :cas, :value [1 2]}
    {:process 0, :type :fail, :f :cas, :value [1 2]}
    {:process 1, :type :invoke, :f :read, :value nil}
    {:process 1, :type :ok, :f :read, :value nil}]`

  it('dialect jepsen: a failed cas did not happen, a nil read says nothing', () => {
    const [, cas, , read] = decodeJepsen(edn, 'jepsen')
    expect(cas).toMatchObject({ type: 'fail' })
    expect(read).toMatchObject({ type: 'ok', value: { key: 0, value: null, unknown: true } })
  })

  it('dialect etcd: a failed cas is an observation, a nil read is one too', () => {
    const [, cas, , read] = decodeJepsen(edn, 'etcd')
    expect(cas).toMatchObject({ type: 'ok', value: { key: 0, expected: 1, next: 2, applied: false } })
    expect(read?.value).toEqual({ key: 0, value: null })
  })

  it('reads independent tuples as keys', () => {
    const keyed =
      '{:process 0 :type :invoke :f :write :value [7 3]}\n{:process 0 :type :ok :f :write :value [7 3]}'
    expect(decodeJepsen(keyed, 'jepsen')[0]?.value).toEqual({ key: 7, value: 3 })
  })

  it('reads what a transaction returned, and not what it was asked', () => {
    const elle = `{:process 0 :type :invoke :f :txn :value [[:r 1 nil]]}
      {:process 0 :type :ok :f :txn :value [[:r 1 [5]]]}
      {:process 0 :type :invoke :f :txn :value [[:append 1 6]]}
      {:process 0 :type :info :f :txn :value :timed-out}`
    expect(decodeJepsen(elle, 'jepsen').map(({ value }) => value)).toEqual([
      [['r', 1, null]],
      [['r', 1, [5]]],
      [['append', 1, 6]],
      [['append', 1, 6]],
    ])
  })

  it('reads the lines jepsen.util printed', () => {
    const log =
      'INFO  jepsen.util - 2\t:invoke\t:write\t4\nINFO  jepsen.util - 2\t:info\t:write\t:timed-out\nINFO  jepsen.util - :nemesis\t:info\t:start\tnil'
    expect(decodeJepsen(log, 'etcd')).toMatchObject([
      { process: 2, type: 'invoke', f: 'write', value: { key: 0, value: 4 } },
      { process: 2, type: 'info', error: 'timed-out', value: { key: 0, value: 4 } },
      { process: 'nemesis' },
    ])
  })

  it('writes ours so that it reads back as the same calls', () => {
    const history: Operation[] = [
      { index: 0, timeNs: 1, process: 0, type: 'invoke', f: 'write', value: { key: 2, value: 9 } },
      { index: 1, timeNs: 2, process: 1, type: 'invoke', f: 'cas', value: { key: 2, expected: 9, next: 10 } },
      { index: 2, timeNs: 3, process: 0, type: 'ok', f: 'write', value: { key: 2, value: 9 } },
      {
        index: 3,
        timeNs: 4,
        process: 1,
        type: 'ok',
        f: 'cas',
        value: { key: 2, expected: 9, next: 10, applied: true },
      },
      { index: 4, timeNs: 5, process: 'nemesis', type: 'invoke', f: 'inject', value: { id: 'kill-1' } },
    ]
    const read = decodeJepsen(encodeJepsen(history), 'jepsen')
    expect(read.map(({ index, timeNs, process, type, f }) => ({ index, timeNs, process, type, f }))).toEqual(
      history.map(({ index, timeNs, process, type, f }) => ({ index, timeNs, process, type, f })),
    )
    expect(read.slice(0, 4).map(({ value }) => value)).toEqual(history.slice(0, 4).map(({ value }) => value))
  })

  it('writes a compare-and-set that did not match as :fail, the way of Knossos', () => {
    const missed: Operation = {
      index: 0,
      timeNs: 1,
      process: 0,
      type: 'ok',
      f: 'cas',
      value: { key: 1, expected: 1, next: 2, applied: false },
    }
    expect(encodeJepsen([missed])).toContain(':type :fail')
  })

  it.each([
    ['[1 2]', 'not a map'],
    ['{:process 1 :type :done :f :read}', ':type'],
    ['{:process 1 :type :ok}', ':f'],
    ['', 'no operation'],
  ])('refuses %j', (text, message) => expect(() => decodeJepsen(text, 'jepsen')).toThrow(message))
})
