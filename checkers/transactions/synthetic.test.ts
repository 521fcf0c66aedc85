/** Larger histories, of databases whose isolation is known. */
import { expect, it } from 'vitest'
import { pairOperations } from '../../harness/history/pairing.ts'
import { rngFromSeed } from '../../harness/support/random.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import { type Judgement, judgeTransactions } from './judge.ts'
import { type Isolation, synthesise } from './testing/synthetic.ts'
import { readTransactions } from './transactions.ts'

const judge = (isolation: Isolation, seed: number): Judgement =>
  judgeTransactions(
    readTransactions(pairOperations(synthesise(rngFromSeed(seed), 3000, isolation)), LIST_APPEND),
    {
      vocabulary: LIST_APPEND,
    },
  )

it.each([1, 2, 3])(
  'a serializable database keeps everything, a snapshot one all up to snapshots (seed %i)',
  (seed) => {
    expect([...judge('serializable', seed).counts]).toEqual([])
    const snapshot = judge('snapshot', seed)
    expect(snapshot.broken.has('strong-snapshot-isolation')).toBe(false)
    expect([...snapshot.counts.keys()]).toEqual(['G2-item', 'G-update'])
    expect(judge('broken', seed).broken.has('snapshot-isolation')).toBe(true)
  },
)

it('keeps a few proofs of each anomaly, and counts them all', () => {
  const { counts, proofs } = judge('snapshot', 1)
  expect(counts.get('G2-item')).toBeGreaterThan(20)
  expect(proofs.filter(({ anomaly }) => anomaly === 'G2-item').length).toBe(3)
})
