/** Random small histories against Adya's definitions, over all orders of versions: what is refuted is impossible. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pairOperations } from '../../harness/history/pairing.ts'
import { sized } from '../../harness/testing/capabilities.ts'
import { isolationModel } from '../../harness/vocabularies/promises.ts'
import { LIST_APPEND, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { SEED } from '../porcupine-ts/testing/seeded.ts'
import { judgeTransactions } from './judge.ts'
import { FORBIDDEN, isPossible, type OracleLevel, type OrderScope } from './testing/adya.ts'
import { histories, isOrderKnown } from './testing/random-transactions.ts'
import { readTransactions, type Transactions } from './transactions.ts'

const HISTORIES = sized(1500, 20_000)
const LEVELS = Object.keys(FORBIDDEN) as OracleLevel[]
const SCOPES: readonly OrderScope[] = ['alone', 'session', 'real-time']

const shown = (history: Transactions): string =>
  Array.from(
    { length: history.count },
    (_, row) => `${history.process[row]} ${history.outcome[row]} ${JSON.stringify(history.opsOf(row))}`,
  ).join('\n')

it('rw-register: what is refuted is impossible, in every level and scope, and most of what is impossible is refuted', () => {
  const seen = new Map<string, { impossible: number; refuted: number }>()
  const isSound = fc.property(histories(RW_REGISTER), (operations) => {
    const history = readTransactions(pairOperations(operations), RW_REGISTER)
    const { broken, counts } = judgeTransactions(history, { vocabulary: RW_REGISTER })
    for (const scope of SCOPES)
      for (const level of LEVELS) {
        const model = isolationModel(level, scope)
        if (model === null) continue
        const possible = isPossible(history, level, scope)
        if (possible === null) continue
        if (broken.has(model))
          expect(possible, `${model}\n${shown(history)}: ${[...counts.keys()]}`).toBe(false)
        if (possible) continue
        const tally = seen.get(model) ?? { impossible: 0, refuted: 0 }
        seen.set(model, tally)
        tally.impossible++
        if (broken.has(model)) tally.refuted++
      }
  })
  fc.assert(isSound, { seed: SEED, numRuns: HISTORIES })
  expect(seen.size).toBe(25)
  // Weak models see less of the order: a register does not tell which of two unread writes came first.
  for (const [model, { impossible, refuted }] of seen) {
    expect(impossible, model).toBeGreaterThan(200)
    expect(refuted / impossible, model).toBeGreaterThan(model === 'strict-serializable' ? 0.98 : 0.75)
  }
})

it('list-append: atomic views and update serializability are refuted exactly where they are impossible', () => {
  const levels = [
    'monotonic-atomic-view',
    'read-atomic',
    'update-serializable',
    'parallel-snapshot-isolation',
  ] as const
  const seen = new Map<string, { possible: number; impossible: number }>()
  const isExact = fc.property(histories(LIST_APPEND), (operations) => {
    const history = readTransactions(pairOperations(operations), LIST_APPEND)
    const { broken, counts } = judgeTransactions(history, { vocabulary: LIST_APPEND })
    if (counts.has('internal') || counts.has('incompatible-order')) return
    for (const level of levels) {
      const possible = isPossible(history, level, 'alone')
      if (possible === null) continue
      const text = `${level}\n${shown(history)}: ${[...counts.keys()]}`
      if (broken.has(level) || isOrderKnown(history)) expect(!broken.has(level), text).toBe(possible)
      const tally = seen.get(level) ?? { possible: 0, impossible: 0 }
      seen.set(level, tally)
      tally[possible ? 'possible' : 'impossible']++
    }
  })
  fc.assert(isExact, { seed: SEED, numRuns: HISTORIES })
  for (const { possible, impossible } of seen.values())
    expect(Math.min(possible, impossible)).toBeGreaterThan(100)
})
