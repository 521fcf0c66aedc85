/** Transfers between accounts, while clients read all balances. */
import { bank as checker } from '../checkers/data/bank.ts'
import type { Operation } from '../harness/api/history.ts'
import { calls } from '../harness/generators/combinators.ts'
import { thenAsk } from '../harness/generators/questions.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { ACCOUNTS, BANK, type BankCall } from '../harness/vocabularies/bank.ts'
import { atEveryNode } from './keyed.ts'
import { QUESTIONS } from './questions.ts'
import { standing } from './standing.ts'

const MOST = 15
const READ: BankCall = { f: 'read', value: {} }

const readAfter = ({ f }: Operation): BankCall | null => (f === 'read' ? null : READ)

export const bank = defineWorkload({
  name: 'bank',
  description: 'transfers between accounts: is money created or lost, or an account overdrawn?',
  vocabulary: BANK,
  options: {
    questions: QUESTIONS,
    reads: { type: 'share', default: 0.4, description: 'share of reads' },
    accounts: {
      type: 'number',
      default: 0,
      description: 'of an imported history: how many accounts there are; 0: as many as in its first read',
    },
    total: {
      type: 'number',
      default: 0,
      description: 'of an imported history: the total of all balances; 0: that of its first read',
    },
  },
  generator: (_rng, options, { nodes }) =>
    thenAsk(
      { share: options.questions, nodes, about: readAfter },
      calls((draw) => {
        if (draw.fork('kind').float() < options.reads) return READ
        const from = draw.fork('from').int(ACCOUNTS)
        const to = (from + 1 + draw.fork('to').int(ACCOUNTS - 1)) % ACCOUNTS
        return { f: 'transfer', value: { from, to, amount: 1 + draw.fork('amount').int(MOST) } }
      }),
    ),
  finalGenerator: (_rng, _options, context) => atEveryNode([READ], context),
  checkers: ({ accounts, total }) => [checker({ accounts, total }), ...standing],
})
