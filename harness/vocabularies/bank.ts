/**
 * ACCOUNTS accounts with INITIAL_BALANCE each, none of which may be overdrawn.
 *
 * | call     | value                | ok value                                       |
 * |----------|----------------------|------------------------------------------------|
 * | transfer | { from, to, amount } | the same with applied: false for want of money |
 * | read     | {}                   | { balances }: of all accounts, at one time     |
 */
export const BANK = 'bank'
export const ACCOUNTS = 8
export const INITIAL_BALANCE = 20

export type BankCall =
  | {
      readonly f: 'transfer'
      readonly value: { readonly from: number; readonly to: number; readonly amount: number }
    }
  | { readonly f: 'read'; readonly value: Readonly<Record<string, never>> }

export interface Balances {
  readonly balances: readonly number[]
}
