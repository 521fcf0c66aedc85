/** Random small histories, against brute force over all orders. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pairOperations } from '../../harness/history/pairing.ts'
import { sized } from '../../harness/testing/capabilities.ts'
import { LIST_APPEND, RW_REGISTER } from '../../harness/vocabularies/transactions.ts'
import { SEED } from '../porcupine-ts/testing/seeded.ts'
import { judgeTransactions } from './judge.ts'
import { isSerializable, isSnapshotIsolated } from './testing/oracle.ts'
import { histories, isOrderKnown } from './testing/random-transactions.ts'
import { readTransactions, type Transactions } from './transactions.ts'

const HISTORIES = sized(4000, 60_000)
/** Each transaction with its outcome, one per line. */
const shown = (history: Transactions): string =>
  Array.from(
    { length: history.count },
    (_, row) => `${history.outcome[row]} ${JSON.stringify(history.opsOf(row))}`,
  ).join('\n')

it('list-append: serializable, strictly serializable, snapshot isolated exactly where some order is', () => {
  const seen = { serializable: [0, 0], strict: [0, 0], snapshot: [0, 0] }
  const isExact = fc.property(histories(LIST_APPEND), (operations) => {
    const history = readTransactions(pairOperations(operations), LIST_APPEND)
    const { broken, counts } = judgeTransactions(history, { vocabulary: LIST_APPEND })
    const text = `${shown(history)}: ${[...counts.keys()]}`
    const expected = {
      serializable: isSerializable(history, [], false),
      strict: isSerializable(history, [], true),
      snapshot: isSnapshotIsolated(history, []),
    }
    expect(!broken.has('serializable'), `serializable, ${text}`).toBe(expected.serializable)
    expect(!broken.has('strict-serializable'), `strict, ${text}`).toBe(expected.strict)
    if (broken.has('snapshot-isolation') || isOrderKnown(history))
      expect(!broken.has('snapshot-isolation'), `snapshot, ${text}`).toBe(expected.snapshot)
    for (const [name, holds] of Object.entries(expected)) seen[name as keyof typeof seen][holds ? 1 : 0]!++
  })
  fc.assert(isExact, { seed: SEED, numRuns: HISTORIES })
  for (const [no, yes] of Object.values(seen))
    expect(Math.min(no as number, yes as number)).toBeGreaterThan(300)
})

it('rw-register: a history with an anomaly has no serial order', () => {
  let found = 0
  const isSound = fc.property(histories(RW_REGISTER), (operations) => {
    const history = readTransactions(pairOperations(operations), RW_REGISTER)
    const { broken, counts } = judgeTransactions(history, { vocabulary: RW_REGISTER })
    const text = `${shown(history)}: ${[...counts.keys()]}`
    if (broken.has('serializable')) expect(isSerializable(history, null, false), text).toBe(false)
    if (broken.has('strict-serializable')) expect(isSerializable(history, null, true), text).toBe(false)
    if (broken.has('snapshot-isolation')) expect(isSnapshotIsolated(history, null), text).toBe(false)
    if (broken.has('serializable')) found++
  })
  fc.assert(isSound, { seed: SEED, numRuns: HISTORIES })
  expect(found).toBeGreaterThan(300)
})
