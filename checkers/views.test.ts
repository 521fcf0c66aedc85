/** What checkers give a page to draw, and the standard names of what they find. */
import { describe, expect, it } from 'vitest'
import type { RunSpec } from '../harness/api/record.ts'
import type { Checker, Evidence, EvidenceView } from '../harness/api/verdict.ts'
import { inDoubt } from '../harness/testing/cases.ts'
import type { RecordParts } from '../harness/testing/record.ts'
import { done, historyOf, judgeSteps, type Step } from '../harness/testing/steps.ts'
import { LOCK } from '../harness/vocabularies/locks.ts'
import { logOffsets, logOrder } from './data/append-log.ts'
import { bank } from './data/bank.ts'
import { booking } from './data/booking.ts'
import { counter } from './data/counter.ts'
import { linearizability } from './data/linearizability.ts'
import { fencing, mutex } from './data/locks.ts'
import { publication } from './data/publication.ts'
import { fifo, totalQueue } from './data/queue.ts'
import { setOfElements } from './data/set.ts'
import { uniqueIds } from './data/unique-ids.ts'
import { watch } from './data/watch.ts'
import { listAppend } from './transactions/checker.ts'

const evidenceOf = async (
  checker: Checker,
  steps: readonly (readonly Step[])[],
  parts: RecordParts = {},
): Promise<readonly Evidence[]> => {
  const { evidence, status, summary } = await judgeSteps(checker, steps.flat(), parts)
  expect(status, summary).toBe('invalid')
  const invocations = new Set(
    historyOf(steps.flat()).flatMap(({ type, index }) => (type === 'invoke' ? [index] : [])),
  )
  // A page, a finding and the steps look for operations by their invocations.
  for (const { operations } of evidence)
    expect(operations.filter((index) => !invocations.has(index))).toEqual([])
  return evidence
}

const put = (value: number) => done(0, 'enqueue', { key: 1, value })
const take = (value: number | null) => done(9, 'dequeue', { key: 1 }, { key: 1, value })
const write = (key: string, value: number) => done(0, 'write', { key, value })
const read = (key: string, value: number | null) => done(1, 'read', { key }, { key, value })
const grant = (process: number, token: number) =>
  done(process, 'acquire', { key: 1, owner: process }, { done: true, token })

type Drawn = Pick<Evidence, 'view'> | { readonly view: Evidence['view'] } | undefined

/** The view, which must be of this kind. */
const viewIn = <Kind extends EvidenceView['kind']>(
  evidence: Drawn,
  kind: Kind,
): Extract<EvidenceView, { kind: Kind }> => {
  const view = evidence?.view
  if (view?.kind !== kind) throw new Error(`the evidence has no ${kind}`)
  return view as Extract<EvidenceView, { kind: Kind }>
}
const orderIn = (evidence: Drawn) => viewIn(evidence, 'linearization')
const cycleIn = (evidence: Drawn) => viewIn(evidence, 'cycle')
const tableIn = (evidence: Drawn) => viewIn(evidence, 'table')

describe('linearizations', () => {
  const checker = linearizability({ initial: null })

  it('names the order with its states, the operation that cannot be placed, and why', async () => {
    const [first] = await evidenceOf(checker, [
      write('x', 1),
      write('x', 2),
      inDoubt(3, 'write', { key: 'x', value: 3 }),
      read('x', 1),
      write('y', 1),
    ])
    expect(first?.anomaly).toBe('stale read')
    expect(first?.view).toEqual({
      kind: 'linearization',
      key: 'x',
      order: [
        { operation: 0, state: '1' },
        { operation: 2, state: '2' },
      ],
      blocked: 6,
      from: { states: ['2'], others: 0 },
      attempts: [
        {
          order: [],
          state: '2',
          refused: [{ operation: 6, why: 'read -> 1 is not possible when it is 2' }],
        },
      ],
      // The write that is in doubt need not have happened.
      omitted: 1,
    })
  })

  it('keeps the end of a long order, and counts the rest; a long value is cut', async () => {
    const writes = Array.from({ length: 900 }, (_, i) => write('x', i))
    const long = 'v'.repeat(1_000_000)
    const [first] = await evidenceOf(checker, [
      ...writes,
      done(0, 'write', { key: 'x', value: long }),
      read('x', 5),
    ])
    const view = orderIn(first)
    expect(view.order).toHaveLength(500)
    expect(view.order.at(-1)?.operation).toBe(1800)
    expect(view.order.at(-1)?.state.length).toBeLessThan(200)
    expect(view.omitted).toBe(401)
    expect(JSON.stringify(view).length).toBeLessThan(200_000)
  })

  it('the key that failed first comes first, whichever was found first', async () => {
    const broken = (key: string) => [write(key, 1), write(key, 2), read(key, 1)]
    for (const keys of [
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
    ] as const) {
      // All keys are known from the beginning, in the same order.
      const known = ['a', 'b', 'c'].map((key) => write(key, 0))
      const evidence = await evidenceOf(checker, [...known, ...keys.flatMap(broken)])
      expect(evidence.map(({ view }) => orderIn({ view }).key)).toEqual(keys)
    }
  })

  it('each key that fails has an entry, with the name of what is wrong with it', async () => {
    const steps = ['a', 'b', 'c'].flatMap((key) => [
      write(key, 1),
      write(key, 2),
      read(key, key === 'b' ? 7 : 1),
    ])
    const evidence = await evidenceOf(checker, steps)
    const names = evidence.map(({ anomaly, view }) => [orderIn({ view }).key, anomaly])
    expect(names.toSorted()).toEqual([
      ['a', 'stale read'],
      ['b', 'read of a value nobody wrote'],
      ['c', 'stale read'],
    ])
  })

  it.each<[string, Checker, string | undefined, ...(readonly Step[])[]]>([
    ['two holders', mutex(LOCK), 'two holders', grant(0, 1), grant(1, 2)],
    [
      'a token again',
      fencing(LOCK),
      'token not greater',
      grant(0, 3),
      done(0, 'release', { key: 1, owner: 0 }, { done: true }),
      grant(1, 3),
    ],
    ['taken twice', fifo, 'duplicate element', put(1), take(1), take(1)],
    [
      'overtaken by one that is not out yet: no finer name',
      fifo,
      undefined,
      put(1),
      put(2),
      take(2),
      take(1),
    ],
    ['empty although it is not: no finer name', fifo, undefined, put(1), take(null)],
    [
      'a log that differs',
      logOrder,
      'diverging logs',
      done(0, 'append', { key: 1, value: 5 }, { key: 1, value: 5, offset: 0 }),
      done(1, 'read', { key: 1 }, { key: 1, values: [5] }),
      done(1, 'read', { key: 1 }, { key: 1, values: [6] }),
    ],
    [
      'a wrong sum: no finer name',
      counter,
      undefined,
      done(0, 'add', { key: 1, delta: 1 }),
      done(1, 'read', { key: 1 }, { key: 1, value: 4 }),
    ],
  ])('%s', async (_, checked, anomaly, ...steps) => {
    const [first] = await evidenceOf(checked, steps)
    expect(first?.anomaly).toBe(anomaly)
    expect(first?.view?.kind).toBe('linearization')
  })
})

describe('anomalies that a promise allows', () => {
  it('are shown behind those that break it, and say so', async () => {
    const txn = (process: number, ...ops: readonly (readonly [string, string, unknown])[]) => {
      const asked = ops.map(([f, key, value]) => [f, key, f === 'r' ? null : value])
      return done(process, 'txn', asked, ops)
    }
    const evidence = await evidenceOf(
      listAppend,
      [
        [
          [0, 'invoke', 'txn', [['append', 'x', 1]]],
          [0, 'fail', 'txn', [['append', 'x', 1]]],
        ],
        txn(1, ['r', 'x', [1]]),
        txn(2, ['append', 'a', 1], ['append', 'b', 1]),
        txn(3, ['r', 'a', [1]], ['r', 'b', []]),
        txn(4, ['r', 'b', [1]]),
      ],
      { spec: { expect: 'read-committed' } as RunSpec },
    )
    const told = evidence.map(({ anomaly, isAllowed = false }) => [anomaly, isAllowed])
    expect(told[0]).toEqual(['G1a', false])
    expect(told).toContainEqual(['G-single', true])
    expect(evidence.at(-1)?.title).toMatch(/\(allowed by read-committed\)$/)
  })
})

describe('cycles', () => {
  it('names the transactions by their invocations, and why each edge is there', async () => {
    const [first] = await evidenceOf(listAppend, [
      [
        [
          0,
          'invoke',
          'txn',
          [
            ['append', 'x', 1],
            ['r', 'y', null],
          ],
        ],
        [
          1,
          'invoke',
          'txn',
          [
            ['append', 'y', 2],
            ['r', 'x', null],
          ],
        ],
        [
          0,
          'ok',
          'txn',
          [
            ['append', 'x', 1],
            ['r', 'y', [2]],
          ],
        ],
        [
          1,
          'ok',
          'txn',
          [
            ['append', 'y', 2],
            ['r', 'x', [1]],
          ],
        ],
      ],
    ])
    expect(first?.anomaly).toBe('G1c')
    expect(first?.view).toEqual({
      kind: 'cycle',
      transactions: [
        { operation: 0, text: 'append x 1; r y [2]' },
        { operation: 1, text: 'append y 2; r x [1]' },
      ],
      edges: [
        { kind: 'wr', why: "T1's append of 1 to x was read by T2" },
        { kind: 'wr', why: "T2's append of 2 to y was read by T1" },
      ],
    })
  })

  it('real time is an edge of its own', async () => {
    const [first] = await evidenceOf(
      listAppend,
      [done(0, 'txn', [['append', 'x', 1]]), done(1, 'txn', [['r', 'x', null]], [['r', 'x', []]])],
      { spec: { expect: 'strict-serializable' } as RunSpec },
    )
    expect(first?.anomaly).toBe('G-single-realtime')
    expect(
      cycleIn(first)
        .edges.map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(['realtime', 'rw'])
  })

  it('a sequential order that does not exist is a cycle too', async () => {
    const [first] = await evidenceOf(
      linearizability({ initial: null }),
      [
        write('x', 1),
        done(1, 'write', { key: 'y', value: 1 }),
        done(0, 'read', { key: 'y' }, { key: 'y', value: null }),
        read('x', null),
      ],
      { spec: { expect: 'sequential' } as RunSpec },
    )
    const { edges, transactions } = cycleIn(first)
    expect(transactions.map(({ operation }) => operation).toSorted()).toEqual([0, 2, 4, 6])
    expect(edges.map(({ kind }) => kind).toSorted()).toEqual(['process', 'process', 'rw', 'rw'])
  })
})

/** Mark, cells and operations of each row. */
const rowsIn = (evidence: Drawn): readonly unknown[] =>
  tableIn(evidence).rows.map(({ mark, cells, operations }) => [mark, cells.join(' | '), operations])

describe('tables', () => {
  it('a queue: one row an element, those that are fine listed while there are few', async () => {
    const [first] = await evidenceOf(totalQueue, [put(1), put(2), take(1), take(1), take(2)])
    expect(first?.anomaly).toBe('duplicate element')
    expect(rowsIn(first)).toEqual([
      ['duplicated', '1 of queue 1 | 0.000 s | ok | 0.005 s, 0.007 s', [0, 4, 6]],
      [undefined, '2 of queue 1 | 0.002 s | ok | 0.009 s', [2, 8]],
    ])
    expect(first?.view).toMatchObject({ omitted: 0, fine: 0 })
  })

  it('many rows are counted: those with nothing wrong, and those behind the limit', async () => {
    const good = Array.from({ length: 30 }, (_, i) => [...put(i), ...take(i)])
    const bad = Array.from({ length: 310 }, (_, i) => [...put(100 + i), ...take(100 + i), ...take(100 + i)])
    const [first] = await evidenceOf(totalQueue, [...good, ...bad])
    expect(tableIn(first).rows).toHaveLength(300)
    expect(first?.view).toMatchObject({ omitted: 40, fine: 30 })
  })

  it('long texts are cut, and all of a table is below 200 kB', async () => {
    const long = (i: number) => `${i}${'x'.repeat(500_000)}`
    const add = (i: number) => done(0, 'enqueue', { key: 1, value: long(i) })
    const [first] = await evidenceOf(totalQueue, [add(1), add(2), take(null)])
    expect(tableIn(first).rows).toHaveLength(2)
    expect(JSON.stringify(first?.view).length).toBeLessThan(2000)
  })

  it.each<[Checker, string, string, string, ...(readonly Step[])[]]>([
    [
      logOffsets,
      'diverging logs',
      'diverging',
      '1 | 0 | 6 | 6 in one read, 5 in another',
      done(0, 'append', { key: 1, value: 5 }, { key: 1, value: 5, offset: 0 }),
      done(1, 'read', { key: 1 }, { key: 1, values: [5, 7] }),
      done(1, 'read', { key: 1 }, { key: 1, values: [6] }),
    ],
    [
      setOfElements,
      'lost element',
      'lost',
      '7 | 0 ms | 1 ms | the read at 2 ms on a node',
      done(0, 'add', { element: 7 }),
      done(1, 'read', {}, { elements: [] }),
    ],
    [
      uniqueIds,
      'duplicate id',
      'duplicated',
      '5 | 0.001 s | a node | 0',
      done(0, 'generate', {}, { id: 5 }),
      done(1, 'generate', {}, { id: 5 }),
    ],
    [
      bank({ accounts: 2, total: 20 }),
      'wrong total',
      'wrong total',
      '0.001 s | a node | a total of 21 instead of 20 | 10, 11 | 21',
      done(0, 'read', {}, { balances: [10, 11] }),
    ],
    [
      booking,
      'double booking',
      'sold twice',
      '3 | 1 | 0.001 s | ',
      done(0, 'book', { seat: 3, customer: 1 }, { seat: 3, customer: 1, confirmed: true }),
      done(1, 'book', { seat: 3, customer: 2 }, { seat: 3, customer: 2, confirmed: true }),
    ],
    [
      publication,
      'torn publication',
      'torn',
      '1 | a node | 0.002 s | read | 5, 6 | the shards are of different versions',
      done(0, 'publish', { index: 1, version: 5, shards: 2 }, { index: 1, version: 5, published: true }),
      done(1, 'read', { index: 1 }, { index: 1, versions: [5, 6] }),
    ],
    [
      watch,
      'missed event',
      'missed',
      '0.004 s | a node | 0 | revision 1, in a watch that resumed after 0',
      done(0, 'put', { key: 1, value: 1 }, { key: 1, value: 1, revision: 1 }),
      done(0, 'put', { key: 1, value: 2 }, { key: 1, value: 2, revision: 2 }),
      done(1, 'watch', { after: 0 }, { events: [{ key: 1, value: 2, revision: 2 }], upTo: 2 }),
    ],
  ])('$name: the first row', async (checker, anomaly, mark, cells, ...steps) => {
    const evidence = await evidenceOf(checker, steps)
    const found = evidence.find((each) => each.anomaly === anomaly)
    const { rows, columns } = tableIn(found)
    const [row] = rows
    expect([row?.mark, row?.cells.join(' | ')]).toEqual([mark, cells])
    expect(row?.cells).toHaveLength(columns.length)
    expect(row?.operations.length).toBeGreaterThan(0)
  })
})
