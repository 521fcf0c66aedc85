import { describe, expect, it } from 'vitest'
import type { Pair } from '../../harness/api/history.ts'
import { MISBEHAVIOURS, runOnBroken } from '../../harness/testing/broken-machine.ts'
import { LIST_APPEND } from '../../harness/vocabularies/transactions.ts'
import { workloads } from '../../workloads/index.ts'
import { firstBroken, upTo } from './first-broken.ts'
import { judgeTransactions } from './judge.ts'
import { readTransactions, type Transactions } from './transactions.ts'

const PROMISED = 'strict-serializable'
const isBroken = (transactions: Transactions): boolean =>
  judgeTransactions(transactions, { vocabulary: LIST_APPEND }).broken.has(PROMISED)

const pairsOf = (how: (typeof MISBEHAVIOURS)[number]): readonly Pair[] => {
  const workload = workloads['list-append']
  if (workload === undefined) throw new Error('there is no list-append')
  return [...runOnBroken(workload, how).record.pairs]
}

/** As the run was recorded up to an operation. */
const recordedUpTo = (pairs: readonly Pair[], last: number): readonly Pair[] =>
  pairs
    .filter(({ invocation }) => invocation.index <= last)
    .map(({ invocation, completion }) => ({
      invocation,
      completion: completion !== null && completion.index <= last ? completion : null,
    }))

describe.each(MISBEHAVIOURS.filter((how) => how !== 'healthy'))('a machine: %s', (how) => {
  const pairs = pairsOf(how)
  const whole = readTransactions(pairs, LIST_APPEND)

  it('a beginning is what was recorded by then', () => {
    for (const last of [0, 1, 40, 333, 700]) {
      const beginning = upTo(whole, last)
      const recorded = readTransactions(recordedUpTo(pairs, last), LIST_APPEND)
      expect(beginning.count).toBe(recorded.count)
      for (let row = 0; row < beginning.count; row++) {
        expect(beginning.outcome[row]).toBe(recorded.outcome[row])
        expect(beginning.completedAt[row]).toBe(recorded.completedAt[row])
        expect(beginning.opsOf(row)).toEqual(recorded.opsOf(row))
      }
    }
  })

  it('the first that is broken is broken, and none that ends with an earlier commit is', () => {
    expect(isBroken(whole)).toBe(true)
    const { beginning, isShortest } = firstBroken(whole, isBroken)
    const first = beginning ?? whole
    expect(isShortest).toBe(true)
    expect(isBroken(first)).toBe(true)
    const commits = first.completedAt.filter(Number.isFinite).sort()
    for (const end of commits.slice(0, -1)) expect(isBroken(upTo(whole, end))).toBe(false)
  })

  it('takes what it has when it has judged too many', () => {
    const { beginning } = firstBroken(whole, isBroken, 1500)
    if (beginning !== null) expect(isBroken(beginning)).toBe(true)
    expect(firstBroken(whole, isBroken, 10)).toEqual({ beginning: null, isShortest: false })
  })
})
