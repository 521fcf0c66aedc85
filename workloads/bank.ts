/** Transfers between accounts, while clients read all balances. */
import { bank as checker } from '../checkers/data/bank.ts'
import { calls } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { ACCOUNTS, BANK, type BankCall } from '../harness/vocabularies/bank.ts'
import { atEveryNode } from './keyed.ts'
import { standing } from './standing.ts'

const MOST = 15
const READ: BankCall = { f: 'read', value: {} }

export const bank = defineWorkload({
  name: 'bank',
  description: 'transfers between accounts: is money created or lost, or an account overdrawn?',
  vocabulary: BANK,
  options: {
    reads: { type: 'number', default: 0.4, description: 'share of reads' },
  },
  generator: (_rng, options) =>
    calls((draw) => {
      if (draw.fork('kind').float() < options.reads) return READ
      const from = draw.fork('from').int(ACCOUNTS)
      const to = (from + 1 + draw.fork('to').int(ACCOUNTS - 1)) % ACCOUNTS
      return { f: 'transfer', value: { from, to, amount: 1 + draw.fork('amount').int(MOST) } }
    }),
  finalGenerator: (_rng, _options, context) => atEveryNode([READ], context),
  checkers: () => [checker, ...standing],
})
