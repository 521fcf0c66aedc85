/** Hand-written histories, passing and failing, one for each anomaly. */
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../harness/api/history.ts'
import { pairOperations } from '../../harness/history/pairing.ts'
import {
  LIST_APPEND,
  RW_REGISTER,
  type TransactionVocabulary,
} from '../../harness/vocabularies/transactions.ts'
import { inWords } from './consistency.ts'
import { type Judgement, judgeTransactions } from './judge.ts'
import { historyOf } from './testing/notation.ts'
import { readTransactions, type Transactions } from './transactions.ts'

const read = (history: readonly Operation[], vocabulary: TransactionVocabulary): Transactions =>
  readTransactions(pairOperations(history), vocabulary)

const append = (text: string): Judgement =>
  judgeTransactions(read(historyOf(text, LIST_APPEND), LIST_APPEND), { vocabulary: LIST_APPEND })

const register = (text: string, keys: 'nothing' | 'sequential' | 'linearizable' = 'nothing'): Judgement =>
  judgeTransactions(read(historyOf(text, RW_REGISTER), RW_REGISTER), {
    vocabulary: RW_REGISTER,
    keys,
  })

const names = ({ counts }: Judgement): readonly string[] => [...counts.keys()].sort()

describe('list-append', () => {
  it.each([
    ['nothing at all', ''],
    ['one after another', '0 ok ax1 rx1\n1 ok rx1 ax2\n0 ok rx12'],
    ['at once, in an order', '0 ok ax1 ay1 | 1 ok rx1 ry1 | 2 ok rx ry'],
    ['info that happened, info that did not', '0 info ax1 | 1 ok rx | 2 info ax2\n3 ok rx1\n4 ok rx1'],
    ['a fail that nobody saw', '0 fail ax1\n1 ok rx'],
    ['own appends read back, with what was below', '0 ok ax1\n1 ok ax2 rx12 ax3 rx123'],
  ])('%s is not an anomaly', (_, text) => {
    expect(names(append(text))).toEqual([])
  })

  it.each([
    ['G0', '0 ok ax1 ay1 | 1 ok ax2 ay2\n2 ok rx12 ry21', 'breaks read uncommitted and all above'],
    [
      'G1c',
      '0 ok ax1 ry1 | 1 ok ay1 rx1',
      'breaks read committed and all above; committed reads, strong read uncommitted not refuted',
    ],
    [
      'G-single',
      '0 ok ax1 ay1 | 1 ok rx1 ry\n2 ok ry1',
      'breaks monotonic atomic view and all above; strong cursor stability not refuted',
    ],
    [
      'G-nonadjacent',
      '0 ok ax1 | 1 ok ay1 | 2 ok rx1 ry | 3 ok ry1 rx',
      'breaks repeatable read, snapshot isolation and all above; update serializable, strong parallel snapshot isolation not refuted',
    ],
    [
      'G2-item',
      '0 ok rx ay1 | 1 ok ry ax1\n2 ok rx1 ry1',
      'breaks update serializable, repeatable read and all above',
    ],
    ['G2-item', '0 ok rx ay1 | 1 ok ry ax1', 'breaks update serializable, repeatable read and all above'],
    ['G-single-process', '0 ok ax1\n0 ok rx', 'breaks strong session consistent view'],
    ['G-single-realtime', '0 ok ax1\n1 ok rx', 'breaks strong consistent view'],
    ['G0-realtime', '0 ok ax1\n1 ok ax2\n2 ok rx21', 'breaks strong read uncommitted'],
    ['G1c-process', '0 ok rx1\n0 ok ay1 | 1 ok ry1 ax1', ''],
  ])('%s: %s', (anomaly, text, words) => {
    const judgement = append(text)
    expect(names(judgement)).toContain(anomaly)
    expect(inWords(judgement.broken)).toContain(words)
  })

  it.each([
    ['duplicate-elements', '0 ok ax1\n1 ok rx11'],
    ['garbage-read', '0 ok rx7'],
    ['G1a', '0 fail ax1\n1 ok rx1'],
    ['dirty-update', '0 fail ax1 | 1 ok ax2\n2 ok rx12'],
    ['G1b', '0 ok ax1 ax2 | 1 ok rx1\n2 ok rx12'],
    ['incompatible-order', '0 ok ax1 | 1 ok ax2 | 2 ok rx12 | 3 ok rx21'],
    ['incompatible-order', '0 ok ax1 ax2 | 1 ok rx21'],
    ['incompatible-order', '0 ok ax1 ax2\n1 ok rx2'],
    ['future-read', '0 ok rx1 ax1'],
    ['internal', '0 ok ax1 rx'],
    ['internal', '0 ok ax1\n1 ok rx ax2 rx12'],
    ['lost-update', '0 ok rx ax1 | 1 ok rx ax2'],
  ])('%s, without a cycle: %s', (anomaly, text) => {
    const judgement = append(text)
    expect(names(judgement)).toContain(anomaly)
    expect(judgement.broken.has('serializable')).toBe(true)
  })

  it('explains a cycle step by step', () => {
    const { proofs } = append('0 ok rx ay1 | 1 ok ry ax1\n2 ok rx1 ry1')
    expect(proofs.find(({ anomaly }) => anomaly === 'G2-item')?.because).toBe(
      [
        "T1 < T2, because T1 read x empty and did not see T2's append of 1.",
        "However, T2 < T1, because T2 read y empty and did not see T1's append of 1: a contradiction.",
      ].join('\n'),
    )
  })

  it('explains the shortest of many cycles', () => {
    const long = '0 ok rx ay1 | 1 ok ry az1 | 2 ok rz ax1'
    const short = '3 ok ru av1 | 4 ok rv au1 ax2'
    const { proofs } = append(`${long} | ${short}\n5 ok rx12 ry1 rz1 ru1 rv1`)
    const cycles = proofs.filter(({ anomaly }) => anomaly.startsWith('G'))
    expect(Math.min(...cycles.map(({ transactions }) => transactions.length))).toBe(2)
  })

  it('takes a list of any length', () => {
    const elements = Array.from({ length: 200_000 }, (_, i) => i + 1)
    const base = { timeNs: 0, process: 0, f: 'txn' } as const
    const history = [
      { ...base, index: 0, type: 'invoke' as const, value: [] },
      { ...base, index: 1, type: 'ok' as const, value: elements.map((element) => ['append', 'x', element]) },
      { ...base, index: 2, type: 'invoke' as const, value: [['r', 'x', null]] },
      { ...base, index: 3, type: 'ok' as const, value: [['r', 'x', elements]] },
    ]
    const judgement = judgeTransactions(read(history, LIST_APPEND), { vocabulary: LIST_APPEND })
    expect(names(judgement)).toEqual([])
  })

  it('refuses a value that was written twice to a key: a read would not show its writer', () => {
    expect(() => append('0 ok ax1\n1 ok ax1')).toThrow(
      /Operation 2 writes 1 to "x", which was written to it before/,
    )
  })

  it('refuses an operation that is not a transaction', () => {
    const history = [{ index: 0, timeNs: 0, process: 0, type: 'invoke', f: 'read', value: null }] as const
    expect(() => read(history, LIST_APPEND)).toThrow(/it is a read, not a txn/)
    const odd = [{ ...history[0], f: 'txn', value: [['w', 'x', 1]] }]
    expect(() => read(odd, LIST_APPEND)).toThrow(/"w" is not one of append, r/)
  })
})

describe('rw-register', () => {
  it.each([
    ['one after another', '0 ok wx1 rx1\n1 ok rx1 wx2\n0 ok rx2'],
    ['at once', '0 ok wx1 wy1 | 1 ok rx1 ry1 | 2 ok rx_ ry_'],
    ['info that did not happen', '0 info wx1 | 1 ok rx_\n2 ok rx_'],
  ])('%s is no anomaly', (_, text) => {
    expect(names(register(text))).toEqual([])
  })

  it.each([
    ['G1a', '0 fail wx1\n1 ok rx1'],
    ['G1b', '0 ok wx1 wx2 | 1 ok rx1'],
    ['G1c', '0 ok wx1 ry1 | 1 ok wy1 rx1'],
    ['garbage-read', '0 ok rx1'],
    ['future-read', '0 ok rx1 wx1'],
    ['internal', '0 ok wx1 rx2 | 1 ok wx2'],
    ['lost-update', '0 ok rx_ wx1 | 1 ok rx_ wx2'],
    ['cyclic-versions', '0 ok rx1 wx2 | 1 ok rx2 wx1'],
    ['G-single', '0 ok wx1 wy1 | 1 ok rx1 ry_'],
    ['G2-item', '0 ok rx_ wy1 | 1 ok ry_ wx1'],
    ['G-single-realtime', '0 ok wx1\n1 ok rx_'],
    ['OTV', '0 ok wx1 wy1 | 1 ok rx1 ry_'],
    ['fractured-read', '0 ok wx1 wy1 | 1 ok ry_ rx1'],
    ['G-update', '0 ok rx_ wy1 | 1 ok ry_ wx1'],
  ])('%s: %s', (anomaly, text) => {
    expect(names(register(text))).toContain(anomaly)
  })

  it.each([
    [
      'an older value after a newer write',
      '0 ok wx1\n0 ok wx2\n1 ok rx1',
      'G-single-realtime',
      'strong-consistent-view',
    ],
    [
      'an older value after a newer read',
      '0 ok wx1 | 1 ok wx2\n2 ok rx2\n3 ok rx1',
      'G-single-realtime',
      'strong-consistent-view',
    ],
    [
      'a write that comes before what was read',
      '0 ok wx1 | 1 ok rx1\n2 ok wx2\n3 ok rx2 wx3\n4 ok rx1',
      'G-single-realtime',
      'strict-serializable',
    ],
    [
      'the same in one session',
      '0 ok wx1\n0 ok wx2\n0 ok rx1',
      'G-single-process',
      'strong-session-consistent-view',
    ],
    [
      'a session that sees a write vanish',
      '0 ok wx1 | 1 ok rx1 wx2 | 2 ok rx2\n2 ok rx1',
      'G-single-process',
      'strong-session-serializable',
    ],
  ])('the order of versions follows from what the model respects: %s', (_, text, anomaly, model) => {
    const judgement = register(text)
    expect(names(judgement)).toContain(anomaly)
    expect([...judgement.broken]).toContain(model)
    expect(judgement.broken.has('serializable')).toBe(false)
  })

  it('orders writes by real time for models that forbid as much as that takes', () => {
    const { broken } = register('0 ok wx1\n0 ok wx2\n1 ok rx1')
    expect(broken.has('strong-read-committed')).toBe(false)
    expect(broken.has('strong-cursor-stability')).toBe(false)
    expect(broken.has('strong-snapshot-isolation')).toBe(true)
  })

  it('names each inference of an order of versions', () => {
    const { proofs } = register('0 ok wx1\n0 ok wx2\n1 ok rx1')
    expect(proofs[0]?.because).toBe(
      [
        '1 comes before 2 in x, because T1, which wrote 1, was over before T2, which wrote 2, began in the same process.',
        'However, 2 comes before 1 in x, because T2, which wrote 2, was over before T3, which read 1, began: a contradiction.',
      ].join('\n'),
    )
    const skewed = register('0 ok wx1\n0 ok wx2 wy1 | 1 ok rx1 ry1').proofs
    expect(skewed[0]?.because).toContain(
      '(1 comes before 2: T3, which wrote 1, was over before T1, which wrote 2, began in the same process)',
    )
  })

  it.each([
    ['a failed write', '0 ok wx1\n0 fail wx2\n1 ok rx1'],
    ['a write that may not have happened', '0 ok wx1\n0 info wx2\n1 ok rx1\n2 ok rx2'],
    ['writes at once', '0 ok wx1 | 1 ok wx2\n2 ok rx1 | 3 ok rx1'],
    ['initial state before an unknown write', '0 info wx1\n1 ok rx_\n2 ok rx1'],
  ])('%s orders nothing', (_, text) => {
    expect(names(register(text))).toEqual([])
  })

  it.each(['sequential', 'linearizable'] as const)('knows more versions where keys are %s', (keys) => {
    const skewed = '0 ok wx1\n0 ok wx2 wy1 | 1 ok rx1 ry1'
    expect(names(register(skewed))).toEqual(['G-single-process'])
    expect(names(register(skewed, keys))).toContain('G-single')
    expect(names(register('0 ok wx1\n0 ok wx2\n0 ok rx1', keys))).toContain('cyclic-versions')
  })
})
