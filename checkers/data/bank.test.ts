import { cases } from '../../harness/testing/cases.ts'
import { expecting } from '../../harness/testing/promises.ts'
import { done } from '../../harness/testing/steps.ts'
import { ACCOUNTS, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { bank } from './bank.ts'

const balances = (...changed: number[]) => {
  const all = Array.from({ length: ACCOUNTS }, (_, i) => INITIAL_BALANCE + (changed[i] ?? 0))
  return done(9, 'read', {}, { balances: all })
}
cases(bank, [
  ['money that moves', 'valid', balances(-5, 5)],
  ['money made', 'invalid', balances(5)],
  ['money lost', 'invalid', balances(), balances(-5)],
  ['an account overdrawn', 'invalid', balances(-INITIAL_BALANCE - 1, INITIAL_BALANCE + 1)],
])

cases(bank, [['money made', 'invalid', balances(5)]], {
  what: 'where old answers are expected: no old state had other totals',
  parts: expecting('consistent-prefix'),
})
