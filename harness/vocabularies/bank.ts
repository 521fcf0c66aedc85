/**
 * ACCOUNTS accounts with INITIAL_BALANCE each. No account may be overdrawn.
 *
 * | call     | value                | ok value                                       |
 * |----------|----------------------|------------------------------------------------|
 * | transfer | { from, to, amount } | the same and { applied }: false if money is short |
 * | read     | {}                   | { balances }: of all accounts, at one instant  |
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { bankForm } from './edn-forms.ts'
import { OF_REPLICAS } from './promises.ts'
import { nothing, repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

export const ACCOUNTS = 8
export const INITIAL_BALANCE = 20

/** Imported histories may have more accounts than ours. */
const account = z.int().min(0)
const transfer = z.object({ from: account, to: account, amount: z.int() })

export const BANK = defineVocabulary({
  name: 'bank',
  shows: ['repeats'],
  description: `${ACCOUNTS} accounts, none of which may be overdrawn`,
  promises: OF_REPLICAS,
  unique: null,
  initial: `${INITIAL_BALANCE} in each account`,
  services: [],
  edn: bankForm,
  calls: {
    transfer: defineCall({
      value: transfer,
      ok: transfer.extend({ applied: z.boolean() }),
      changes: () => true,
      mismatch: repeats('from', 'to', 'amount'),
    }),
    read: defineCall({
      value: nothing,
      ok: z.object({ balances: z.array(z.int()) }),
      changes: () => false,
    }),
  },
})

export type BankCall = CallOf<typeof BANK>
export type Balances = OkOf<typeof BANK, 'read'>
