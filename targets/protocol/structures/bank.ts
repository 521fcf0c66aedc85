/** Accounts with balances. */
import type { Call } from '../../../harness/api/history.ts'
import {
  ACCOUNTS,
  type Balances,
  type BankCall,
  INITIAL_BALANCE,
} from '../../../harness/vocabularies/bank.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export type Transfer = (BankCall & { readonly f: 'transfer' })['value']

export class Bank implements Structure {
  readonly #balances: DigestMap<number, number>

  constructor(saved: readonly [number, number][]) {
    this.#balances = new DigestMap(saved)
  }

  get digest(): number {
    return this.#balances.digest
  }

  execute(raw: Call): unknown {
    const call = raw as BankCall
    if (call.f === 'read') return this.read()
    const { from, to, amount } = call.value
    const applied = this.covers(call.value)
    if (applied) {
      this.#balances.set(from, this.#of(from) - amount)
      this.#balances.set(to, this.#of(to) + amount)
    }
    return { from, to, amount, applied }
  }

  read(): Balances {
    return { balances: Array.from({ length: ACCOUNTS }, (_, account) => this.#of(account)) }
  }

  save(): unknown {
    return this.#balances.entries()
  }

  protected covers({ from, amount }: Transfer): boolean {
    return this.#of(from) >= amount
  }

  #of(account: number): number {
    return this.#balances.get(account) ?? INITIAL_BALANCE
  }
}

export const bank: MakeStructure = (saved) => new Bank((saved ?? []) as [number, number][])
