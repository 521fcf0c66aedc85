import { cases } from '../../harness/testing/cases.ts'
import { expecting } from '../../harness/testing/promises.ts'
import { done } from '../../harness/testing/steps.ts'
import { ACCOUNTS, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
import { bank } from './bank.ts'

const TOTAL = ACCOUNTS * INITIAL_BALANCE

const balances = (...changed: number[]) => {
  const all = Array.from({ length: ACCOUNTS }, (_, i) => INITIAL_BALANCE + (changed[i] ?? 0))
  return done(9, 'read', {}, { balances: all })
}
cases(bank({ accounts: 0, total: TOTAL }), [
  ['money that moves', 'valid', balances(-5, 5)],
  ['money made', 'invalid', balances(5)],
  ['money lost', 'invalid', balances(), balances(-5)],
  ['an account overdrawn', 'invalid', balances(-INITIAL_BALANCE - 1, INITIAL_BALANCE + 1)],
])

cases(bank({ accounts: 0, total: TOTAL }), [['money made', 'invalid', balances(5)]], {
  what: 'where old answers are expected: no old state had other totals',
  parts: expecting('consistent-prefix'),
})

/** An imported history has accounts of its own. */
const read = (...all: number[]) => done(9, 'read', {}, { balances: all })

cases(bank({ accounts: 0, total: 0 }), [
  ['any accounts, held to their first read', 'valid', read(10, 10, 10), read(5, 15, 10)],
  ['money made after the first read', 'invalid', read(10, 10, 10), read(10, 15, 10)],
  ['an account more', 'invalid', read(10, 10), read(10, 10, 0)],
  ['an account overdrawn', 'invalid', read(10, 10), read(-1, 21)],
])

cases(bank({ accounts: 0, total: 30 }), [
  ['the total that an option names', 'valid', read(10, 10, 10)],
  ['another total from the first read on', 'invalid', read(10, 10)],
])

cases(bank({ accounts: 2, total: 0 }), [
  ['as many accounts as an option names', 'valid', read(10, 10)],
  ['more of them from the first read on', 'invalid', read(10, 10, 10)],
])
