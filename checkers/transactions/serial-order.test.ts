/** Against the components of a graph in which real time is there as edges. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pairOperations } from '../../harness/history/pairing.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import { SEED } from '../porcupine-ts/testing/seeded.ts'
import { componentsOf } from './components.ts'
import { ALL_KINDS, Graph, PROCESS, REAL_TIME, WR, WW } from './graph.ts'
import { inferListAppend } from './list-append.ts'
import { addProcessOrder, addRealTimeOrder, countRealTimeOrder } from './order.ts'
import { hasSerialOrder } from './serial-order.ts'
import { histories } from './testing/random-transactions.ts'
import { readTransactions } from './transactions.ts'

it.each([ALL_KINDS, WW | PROCESS, WW | WR | PROCESS])(
  'there is one exactly where no cycle of %i is',
  (kinds) => {
    const seen = { true: 0, false: 0 }
    const isRight = fc.property(histories(LIST_APPEND), (operations) => {
      const transactions = readTransactions(pairOperations(operations), LIST_APPEND)
      const { edges } = inferListAppend(transactions)
      addProcessOrder(transactions, edges)
      const hasOrder = hasSerialOrder(transactions, new Graph(transactions.count, edges), kinds)
      const { length } = edges
      addRealTimeOrder(transactions, edges)
      expect(edges.length - length).toBe(countRealTimeOrder(transactions))
      const { cyclic } = componentsOf(new Graph(transactions.count, edges), kinds | REAL_TIME)
      expect(hasOrder).toBe(cyclic.length === 0)
      seen[`${hasOrder}`]++
    })
    fc.assert(isRight, { seed: SEED, numRuns: 2000 })
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(100)
  },
)
