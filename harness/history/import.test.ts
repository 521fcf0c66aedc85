import { describe, expect, it } from 'vitest'
import type { Vocabulary } from '../api/vocabulary.ts'
import { readAny } from '../testing/decoded.ts'
import { BANK } from '../vocabularies/bank.ts'
import { BOOKING } from '../vocabularies/booking.ts'
import { COUNTER } from '../vocabularies/counter.ts'
import { LOCK } from '../vocabularies/locks.ts'
import { QUEUE } from '../vocabularies/queue.ts'
import { REGISTER } from '../vocabularies/register.ts'
import { SET } from '../vocabularies/set.ts'
import { LIST_APPEND, RW_REGISTER } from '../vocabularies/transactions.ts'
import { UNIQUE_IDS } from '../vocabularies/unique-ids.ts'
import type { Dialect } from './import.ts'

interface Told {
  readonly process: number | 'nemesis'
  readonly type: string
  readonly f: string
  readonly value: unknown
}

const read = (vocabulary: Vocabulary, text: string, dialect: Dialect = 'jepsen'): readonly Told[] =>
  readAny(text, 'history.edn', vocabulary, dialect).operations.map(({ process, type, f, value }) => ({
    process,
    type,
    f,
    value,
  }))

/** Operations as `process type f value`, a line each. */
const edn = (...lines: readonly string[]): string =>
  lines
    .map((line) => {
      const [process, type, f, ...value] = line.split(' ')
      return `{:process ${process}, :type :${type}, :f :${f}, :value ${value.join(' ')}}`
    })
    .join('\n')

/** Ok values, in order. */
const oks = (vocabulary: Vocabulary, text: string, dialect: Dialect = 'jepsen'): readonly unknown[] =>
  read(vocabulary, text, dialect).flatMap(({ type, value }) => (type === 'ok' ? [value] : []))

describe('registers', () => {
  it('has the key 0 where there is one', () =>
    expect(oks(REGISTER, edn('0 invoke write 3', '0 ok write 3'))).toEqual([{ key: 0, value: 3 }]))

  it('takes tuples for key and value, also around a compare-and-set', () => {
    const text = edn(
      '0 invoke cas [7 [1 2]]',
      '0 ok cas [7 [1 2]]',
      '0 invoke read [7 nil]',
      '0 ok read [7 2]',
    )
    expect(oks(REGISTER, text)).toEqual([
      { key: 7, expected: 1, next: 2, applied: true },
      { key: 7, value: 2 },
    ])
  })

  it('takes the pair of a compare-and-set for no tuple', () =>
    expect(oks(REGISTER, edn('0 invoke cas [1 2]', '0 ok cas [1 2]'))).toEqual([
      { key: 0, expected: 1, next: 2, applied: true },
    ]))

  const missed = edn('0 invoke cas [1 2]', '0 fail cas [1 2]', '1 invoke read nil', '1 ok read nil')

  it('dialect jepsen: a failed cas did not happen, a nil read tells nothing and is left out', () => {
    const { operations, notes } = readAny(missed, 'h.edn', REGISTER, 'jepsen')
    expect(operations.map(({ index, type, f }) => `${index} ${type} ${f}`)).toEqual([
      '0 invoke cas',
      '1 fail cas',
    ])
    expect(notes.join()).toContain('1 reads returned nil')
  })

  it('dialect etcd: a failed cas is an observation, and so is a nil read', () =>
    expect(oks(REGISTER, missed, 'etcd')).toEqual([
      { key: 0, expected: 1, next: 2, applied: false },
      { key: 0, value: null },
    ]))
})

describe('transactions', () => {
  it('reads micro-operations, and nil as a list that was never appended to', () => {
    const text = edn('0 invoke txn [[:append 1 10] [:r 2 nil]]', '0 ok txn [[:append 1 10] [:r 2 nil]]')
    expect(read(LIST_APPEND, text).map(({ value }) => value)).toEqual([
      [
        ['append', 1, 10],
        ['r', 2, null],
      ],
      [
        ['append', 1, 10],
        ['r', 2, []],
      ],
    ])
  })

  it('reads an array of JSON as elle-cli does', () => {
    const text = JSON.stringify([
      { type: 'invoke', f: 'txn', value: [['append', 'x', 1]], process: 0, time: 1, index: 0 },
      { type: 'ok', f: 'txn', value: [['append', 'x', 1]], process: 0, time: 2, index: 1 },
    ])
    expect(oks(LIST_APPEND, text)).toEqual([[['append', 'x', 1]]])
  })

  it('takes a list that was read as null for an empty one, as Elle does', () => {
    const text = JSON.stringify([
      { type: 'invoke', value: [['r', 'x', null]], process: 0 },
      { type: 'ok', value: [['r', 'x', null]], process: 0 },
    ])
    expect(oks(LIST_APPEND, text)).toEqual([[['r', 'x', []]]])
  })

  it('reads JSON Lines of the same', () => {
    const lines = ['invoke', 'ok'].map((type) =>
      JSON.stringify({ process: 0, type, f: 'txn', value: [['append', 'x', 1]] }),
    )
    expect(oks(LIST_APPEND, lines.join('\n'))).toEqual([[['append', 'x', 1]]])
  })

  it('needs no function where the vocabulary has one call', () =>
    expect(
      oks(
        LIST_APPEND,
        '{:process 0 :type :invoke :value [[:append 1 1]]}\n{:process 0 :type :ok :value [[:append 1 1]]}',
      ),
    ).toEqual([[['append', 1, 1]]]))

  it('takes long-fork on registers for lists of one element', () => {
    const text = edn(
      '0 invoke write [[:w 5 1]]',
      '0 ok write [[:w 5 1]]',
      '1 invoke read [[:r 5 nil] [:r 6 nil]]',
      '1 ok read [[:r 5 1] [:r 6 nil]]',
    )
    expect(oks(LIST_APPEND, text)).toEqual([
      [['append', 5, 1]],
      [
        ['r', 5, [1]],
        ['r', 6, []],
      ],
    ])
  })

  it('keeps keywords and texts apart, as keys and as values', () =>
    expect(
      oks(RW_REGISTER, edn('0 invoke txn [[:w :x 1] [:w "x" 2]]', '0 ok txn [[:w :x 1] [:w "x" 2]]')),
    ).toEqual([
      [
        ['w', ':x', 1],
        ['w', 'x', 2],
      ],
    ]))

  it('gives transactions of independent keys objects of their own', () =>
    expect(oks(RW_REGISTER, edn('0 invoke txn [3 [[:w :x 1]]]', '0 ok txn [3 [[:w :x 1]]]'))).toEqual([
      [['w', '3/:x', 1]],
    ]))
})

describe('other objects', () => {
  it('reads sets', () =>
    expect(oks(SET, edn('0 invoke add 1', '0 ok add 1', '1 invoke read nil', '1 ok read #{1}'))).toEqual([
      { element: 1 },
      { elements: [1] },
    ]))

  it('keeps an element that was read twice', () =>
    expect(oks(SET, edn('1 invoke read nil', '1 ok read [1 1]'))).toEqual([{ elements: [1, 1] }]))

  it('reads a broadcast of Maelstrom as a set', () =>
    expect(oks(SET, edn('0 invoke broadcast 1', '0 ok broadcast 1'))).toEqual([{ element: 1 }]))

  it('reads counters', () =>
    expect(oks(COUNTER, edn('0 invoke add 5', '0 ok add 5', '0 invoke read nil', '0 ok read 5'))).toEqual([
      { key: 0, delta: 5 },
      { key: 0, value: 5 },
    ]))

  it('reads queues: a failure of an empty one is an answer, and a drain is many', () => {
    const text = edn(
      '0 invoke enqueue 1',
      '0 ok enqueue 1',
      '1 invoke dequeue nil',
      '1 fail dequeue :empty',
      '1 invoke drain nil',
      '1 ok drain [1]',
    )
    expect(oks(QUEUE, text)).toEqual([
      { key: 0, value: 1 },
      { key: 0, value: null },
      { key: 0, values: [1] },
    ])
  })

  it('reads balances by account', () =>
    expect(oks(BANK, edn('0 invoke read nil', '0 ok read {1 25, 0 15}'))).toEqual([{ balances: [15, 25] }]))

  it('reads ids of any kind', () =>
    expect(
      oks(
        UNIQUE_IDS,
        edn('0 invoke generate nil', '0 ok generate "n1-3"', '0 invoke generate nil', '0 ok generate [1 2]'),
      ),
    ).toEqual([{ id: 'n1-3' }, { id: '[1,2]' }]))

  it('takes each attempt on a lock for an owner, and releases what the process took last', () => {
    const text = edn(
      '0 invoke acquire nil',
      '0 ok acquire nil',
      '0 invoke release nil',
      '0 ok release nil',
      '0 invoke acquire nil',
      '0 ok acquire {:fence 7}',
    )
    expect(read(LOCK, text).map(({ value }) => value)).toEqual([
      { key: 0, owner: 0 },
      { done: true },
      { key: 0, owner: 0 },
      { done: true },
      { key: 0, owner: 1 },
      { done: true, token: 7 },
    ])
  })

  it('takes the value that a lock is asked for with for its name', () => {
    const text = edn('0 invoke acquire "a"', '0 ok acquire "a"', '1 invoke acquire "b"', '1 ok acquire 7')
    expect(read(LOCK, text).map(({ value }) => value)).toEqual([
      { key: 0, owner: 0 },
      { done: true },
      { key: 1, owner: 1 },
      { done: true, token: 7 },
    ])
    const keyed = edn('0 invoke acquire [:a nil]', '0 ok acquire [:a {:fence 3}]')
    expect(read(LOCK, keyed).map(({ value }) => value)).toEqual([
      { key: 0, owner: 0 },
      { done: true, token: 3 },
    ])
    for (const unclear of ['[1 9]', '7'])
      expect(() => read(LOCK, edn(`0 invoke acquire ${unclear}`))).toThrow('line 1')
  })

  it('reads a vocabulary that nobody else has as our own values', () =>
    expect(
      oks(
        BOOKING,
        edn('0 invoke book {:seat 1, :customer 2}', '0 ok book {:seat 1, :customer 2, :confirmed true}'),
      ),
    ).toEqual([{ seat: 1, customer: 2, confirmed: true }]))
})

describe('whole files', () => {
  it("reads the lines of Jepsen's loggers, of 2014 and of today, and history.txt", () => {
    const lines = [
      '2\t:invoke\t:write\t4',
      '2\t:info\t:write\t4\t[:timeout nil]',
      ':nemesis\t:info\t:start\tnil',
    ]
    for (const prefix of [
      'INFO  jepsen.util - ',
      '2026-01-01 10:00:00,000{GMT}\tINFO\t[jepsen worker 2] jepsen.util: ',
      '',
    ]) {
      const { operations } = readAny(
        lines.map((line) => prefix + line).join('\n'),
        'jepsen.log',
        REGISTER,
        'etcd',
      )
      expect(operations).toMatchObject([
        { process: 2, type: 'invoke', f: 'write', value: { key: 0, value: 4 } },
        { process: 2, type: 'info', error: '[:timeout nil]' },
        { process: 'nemesis', f: 'start' },
      ])
    }
  })

  it('goes by the position, and says that times go back', () => {
    const text =
      '{:process 0 :type :invoke :f :write :value 1 :time 9}\n{:process 0 :type :ok :f :write :value 1 :time 4}'
    const { operations, notes } = readAny(text, 'h.edn', REGISTER, 'jepsen')
    expect(operations.map(({ timeNs }) => timeNs)).toEqual([9, 10])
    expect(notes.join()).toContain('1 times go back')
  })

  it('takes equal times for no overlap', () => {
    const text =
      '{:process 0 :type :invoke :f :write :value 1 :time 9}\n{:process 0 :type :ok :f :write :value 1 :time 9}'
    const { operations, notes } = readAny(text, 'h.edn', REGISTER, 'jepsen')
    expect(operations.map(({ timeNs }) => timeNs)).toEqual([9, 10])
    expect(notes).toEqual([])
  })

  it('takes a nemesis in any shape', () => {
    const text =
      '{:process :nemesis, :type :info, :f nil, :value nil}\n{:process :nemesis, :type :info, :f :kill, :value {"n1" #{:a}}}\n'
    expect(read(REGISTER, text).map(({ process, f }) => `${process} ${f}`)).toEqual([
      'nemesis nemesis',
      'nemesis kill',
    ])
  })

  it('says that completions alone were given, and lets each begin as early as it can', () => {
    const text = edn('0 ok write 1', '1 ok write 2', '0 ok write 3')
    const { operations, notes } = readAny(text, 'h.edn', REGISTER, 'jepsen')
    expect(operations.map(({ process, type }) => `${process} ${type}`)).toEqual([
      '0 invoke',
      '1 invoke',
      '0 ok',
      '0 invoke',
      '1 ok',
      '0 ok',
    ])
    expect(notes.join()).toContain('completions only')
  })

  it('gives a process that goes on after info another number', () => {
    const text = edn('0 invoke write 1', '0 info write 1', '0 invoke write 2', '0 ok write 2')
    expect(read(REGISTER, text).map(({ process }) => process)).toEqual([0, 0, 1, 1])
  })

  it('says that a file was cut off', () => {
    const { operations, notes } = readAny(
      `${edn('0 invoke write 1', '0 ok write 1')}\n{:process 0 :ty`,
      'h.edn',
      REGISTER,
      'jepsen',
    )
    expect(operations).toHaveLength(2)
    expect(notes.join()).toContain('cut off')
  })

  it('keeps every digit', () =>
    expect(oks(UNIQUE_IDS, edn('0 invoke generate nil', '0 ok generate 9007199254740993'))).toEqual([
      { id: 9007199254740993n },
    ]))
})

describe('what does not fit is refused in one sentence', () => {
  it.each<[string, Vocabulary, string, RegExp]>([
    [
      'another transaction',
      LIST_APPEND,
      edn('0 invoke txn [[:append 1 1]]', '0 ok txn [[:append 2 1]]'),
      /line 2: the ok of txn .*append/,
    ],
    [
      'a read without a value',
      SET,
      edn('0 invoke read nil', '0 ok read nil'),
      /line 2: the ok of read .*elements/,
    ],
    [
      'a value of another type',
      REGISTER,
      edn('0 invoke write {:a 1}', '0 ok write {:a 1}'),
      /line 1: the invocation of write .*value/,
    ],
    [
      'another vocabulary',
      SET,
      edn('0 invoke enqueue 1', '0 ok enqueue 1'),
      /line 1: enqueue is no call of set/,
    ],
    ['a completion of nothing', SET, edn('0 invoke add 1', '1 ok add 1'), /line 2: .*completes nothing/],
    ['two at once', SET, edn('0 invoke add 1', '0 invoke add 2'), /line 2: process 0 invokes add while/],
    ['another key', REGISTER, edn('0 invoke write [1 2]', '0 ok write [2 2]'), /line 2: .*key/],
    ['another element', SET, edn('0 invoke add 1', '0 ok add 2'), /line 2: .*element/],
    ['no type', SET, '{:process 0 :f :add :value 1}', /line 1: there is no :type/],
    ['no map', SET, '[1 2]', /line 1: 1 is no operation/],
    ['nothing', SET, '', /no operation/],
    [
      'no process and overlaps',
      SET,
      '{:type :invoke :f :add :value 1}\n{:type :invoke :f :add :value 2}',
      /no :process/,
    ],
  ])('%s', (_name, vocabulary, text, message) => expect(() => read(vocabulary, text)).toThrow(message))
})
