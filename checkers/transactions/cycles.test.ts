/** Cycles through a whole history: what is told of them, and how the work grows with its length. */
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../harness/api/history.ts'
import { pairOperations } from '../../harness/history/pairing.ts'
import { rngFromSeed } from '../../harness/support/random.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import { findCycles } from './cycles.ts'
import { judgeTransactions } from './judge.ts'
import { inferListAppend } from './list-append.ts'
import type { MicroOp } from './micro-op.ts'
import { addProcessOrder, addRealTimeOrder, withoutBetween } from './order.ts'
import { historyOf } from './testing/notation.ts'
import { synthesise } from './testing/synthetic.ts'
import { readTransactions, type Transactions } from './transactions.ts'

/** A serializable history, after which each process finds the first keys empty: all of it is in one circle. */
const lostAtTheEnd = (count: number): Transactions => {
  const history = [...synthesise(rngFromSeed(3), count, 'serializable')]
  const processes = [...new Set(history.map(({ process }) => process))]
  const end = (type: 'invoke' | 'ok', process: Operation['process'], key: number): void => {
    const value: readonly MicroOp[] = [['r', key, type === 'ok' ? [] : null]]
    history.push({ index: history.length, timeNs: history.length * 1000, process, type, f: 'txn', value })
  }
  for (const [key, process] of processes.entries())
    for (const type of ['invoke', 'ok'] as const) end(type, process, key)
  return readTransactions(pairOperations(history), LIST_APPEND)
}

const judge = (transactions: Transactions) => judgeTransactions(transactions, { vocabulary: LIST_APPEND })

const workOn = (transactions: Transactions): number => {
  const { edges } = inferListAppend(transactions)
  addProcessOrder(transactions, edges)
  return findCycles(transactions, edges, { wanted: () => true, found: (_, cycle) => void cycle() })
}

describe('a history that is broken at its very end', () => {
  it.each([1000, 16_000])('of %i transactions is refuted by a few of them', (count) => {
    const { counts, proofs } = judge(lostAtTheEnd(count))
    expect([...counts]).toEqual([['G-single-process', 1]])
    expect(proofs[0]?.transactions.length).toBeLessThanOrEqual(8)
    expect(proofs[0]?.edges?.length).toBe(proofs[0]?.transactions.length)
  })

  it('takes work that grows as its length', () => {
    const [short, long] = [workOn(lostAtTheEnd(2000)), workOn(lostAtTheEnd(16_000))]
    expect(short).toBeGreaterThan(2000)
    expect(long / short).toBeLessThan(1.5 * 8)
  })

  it('is searched for a cycle with one anti-dependency, however many others seem possible', () => {
    const late = lostAtTheEnd(30_000)
    expect([...judge(late).counts.keys()]).toEqual(['G-single-process'])
  })
})

describe('of transactions in an order', () => {
  const proofOf = (text: string) =>
    judge(readTransactions(pairOperations(historyOf(text, LIST_APPEND)), LIST_APPEND)).proofs[0]

  it('those of one process between the first and the last are left out', () => {
    const proof = proofOf('0 ok ax1\n0 ok ay1\n0 ok az1\n0 ok rx')
    expect(proof?.transactions).toEqual([0, 3])
    expect(proof?.edges?.map(({ kind }) => kind)).toEqual(['process', 'rw'])
  })

  it('those in real time are left out too', () => {
    const proof = proofOf('0 ok ax1\n1 ok ay1\n2 ok az1\n3 ok rx')
    expect(proof?.transactions).toEqual([0, 3])
    expect(proof?.edges?.map(({ kind }) => kind)).toEqual(['realtime', 'rw'])
    expect(proof?.because).toContain('T1 < T2, because T1 completed before T2 began.')
  })

  it('a process counts as such only where all of them are of it', () => {
    const transactions = readTransactions(
      pairOperations(historyOf('0 ok ax1\n0 ok ay1\n1 ok az1\n1 ok rx1', LIST_APPEND)),
      LIST_APPEND,
    )
    const { edges } = inferListAppend(transactions)
    addProcessOrder(transactions, edges)
    addRealTimeOrder(transactions, edges)
    const between = (from: number, to: number, kind: number): number => {
      for (let edge = 0; edge < edges.length; edge++)
        if (edges.from[edge] === from && edges.to[edge] === to && edges.kind[edge] === kind) return edge
      throw new Error(`there is no edge from ${from} to ${to}`)
    }
    const [PROCESS, REAL_TIME, WR] = [8, 16, 2]
    const run = [between(0, 1, PROCESS), between(1, 2, REAL_TIME), between(2, 3, PROCESS)]
    const shown = (cycle: readonly number[]) =>
      withoutBetween(cycle, edges).map((edge) => [edges.from[edge], edges.to[edge], edges.kind[edge]])
    expect(shown(run)).toEqual([[0, 3, REAL_TIME]])
    expect(shown(run.slice(0, 1))).toEqual([[0, 1, PROCESS]])
    expect(shown([between(0, 3, WR), ...run.slice(0, 2)])).toEqual([
      [0, 3, WR],
      [0, 2, REAL_TIME],
    ])
  })
})
