import { cases, inDoubt, refused } from '../../harness/testing/cases.ts'
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

const moved = (amount: number, applied = true) =>
  done(1, 'transfer', { from: 0, to: 1, amount }, { from: 0, to: 1, amount, applied })

cases(
  bank({ accounts: 0, total: 0 }),
  [
    ['a transfer that is seen', 'valid', read(10, 10), moved(5), read(5, 15)],
    [
      'a transfer before the first read, whatever there was at first',
      'valid',
      moved(5),
      read(5, 15),
      read(5, 15),
    ],
    ['a transfer that is lost', 'invalid', read(10, 10), moved(5), read(10, 10)],
    ['a transfer that is lost later', 'invalid', read(10, 10), moved(5), read(5, 15), read(10, 10)],
    ['one that was not applied', 'valid', read(10, 10), moved(50, false), read(10, 10)],
    [
      'one in doubt, seen',
      'valid',
      read(10, 10),
      inDoubt(1, 'transfer', { from: 0, to: 1, amount: 5 }),
      read(5, 15),
    ],
    [
      'one in doubt, not seen',
      'valid',
      read(10, 10),
      inDoubt(1, 'transfer', { from: 0, to: 1, amount: 5 }),
      read(10, 10),
    ],
    [
      'one refused, seen',
      'invalid',
      read(10, 10),
      refused(1, 'transfer', { from: 0, to: 1, amount: 5 }),
      read(5, 15),
    ],
  ],
  { what: 'where the initial balances are not told' },
)

cases(bank({ accounts: 0, total: 30 }), [
  ['the total that an option names', 'valid', read(10, 10, 10)],
  ['another total from the first read on', 'invalid', read(10, 10)],
])

cases(bank({ accounts: 2, total: 0 }), [
  ['as many accounts as an option names', 'valid', read(10, 10)],
  ['more of them from the first read on', 'invalid', read(10, 10, 10)],
])
