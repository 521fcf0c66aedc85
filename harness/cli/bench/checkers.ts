/**
 * The time to judge histories, as part of `npm run bench`: list-append transactions of known isolation, 20 processes, 1
 * to 4 micro-operations each. The goals are a fifth of Elle's time on such a machine (warm, without parsing).
 */
import { judgeTransactions } from '../../../checkers/transactions/judge.ts'
import { type Isolation, synthesise } from '../../../checkers/transactions/testing/synthetic.ts'
import { readTransactions } from '../../../checkers/transactions/transactions.ts'
import { pairOperations } from '../../history/pairing.ts'
import { rngFromSeed } from '../../support/random.ts'
import { LIST_APPEND } from '../../vocabularies/transactions.ts'

const SIZES: readonly { readonly transactions: number; readonly goalS: number }[] = [
  { transactions: 10_000, goalS: 0.1 },
  { transactions: 100_000, goalS: 0.9 },
  { transactions: 1_000_000, goalS: 10 },
]
const ISOLATIONS: readonly Isolation[] = ['serializable', 'snapshot', 'broken']
/** The first round is a warm-up. */
const ROUNDS = 2

const measure = (transactions: number, isolation: Isolation): number => {
  const history = synthesise(rngFromSeed(1), transactions, isolation)
  let seconds = 0
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = performance.now()
    judgeTransactions(readTransactions(pairOperations(history), LIST_APPEND), { vocabulary: LIST_APPEND })
    seconds = (performance.now() - startedMs) / 1000
  }
  return seconds
}

export const benchCheckers = (): string => {
  let text = ''
  for (const { transactions, goalS } of SIZES) {
    const each = ISOLATIONS.map(
      (isolation) => `${isolation} ${measure(transactions, isolation).toFixed(2)} s`,
    )
    text += `transactions  ${transactions}: ${each.join(', ')} (goal: ${goalS} s)\n`
  }
  return text
}
