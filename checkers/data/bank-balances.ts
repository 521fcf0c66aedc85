/**
 * Bounds of balances. A linearizable read of all accounts includes every transfer that was over before it began, and none
 * that began after it ended. Any other may be included or not. That gives each account a least and a greatest balance, or where
 * the initial balances are not told, bounds of what they can have been, which must agree among all reads.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { BankCall } from '../../harness/vocabularies/bank.ts'
import type { Answered } from '../final-answers.ts'
import { lowerBound } from '../lower-bound.ts'

/** How much had come and gone of an account by some index. */
class Flow {
  readonly #at = new Growing(Float64Array)
  readonly #amount = new Growing(Float64Array)
  #sums: Sums | null = null

  /** @param at index into the history; infinite: never */
  add(at: number, amount: number): void {
    this.#at.push(at)
    this.#amount.push(amount)
  }

  before(index: number): { readonly came: number; readonly went: number } {
    this.#sums ??= sumsOf(this.#at.all(), this.#amount.all())
    const { at, came, went } = this.#sums
    const count = lowerBound(at, Number, index)
    return { came: came[count] as number, went: went[count] as number }
  }
}

/** Ascending, with what had come and gone before each. */
interface Sums {
  readonly at: Float64Array
  readonly came: Float64Array
  readonly went: Float64Array
}

const sumsOf = (at: Float64Array, amount: Float64Array): Sums => {
  const order = Uint32Array.from(at.keys()).sort((a, b) => compare(at[a] as number, at[b] as number))
  const came = new Float64Array(order.length + 1)
  const went = new Float64Array(order.length + 1)
  for (const [i, entry] of order.entries()) {
    came[i + 1] = (came[i] as number) + Math.max(0, amount[entry] as number)
    went[i + 1] = (went[i] as number) + Math.max(0, -(amount[entry] as number))
  }
  return { at: Float64Array.from(order, (entry) => at[entry] as number), came, went }
}

/** Also of what is infinite. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0)

/** What transfers that may have happened did to one account. */
class AccountFlows {
  readonly begun = new Flow()
  /** Those that were not acknowledged are never over. */
  readonly over = new Flow()
}

export interface Unseen {
  readonly read: Answered
  readonly text: string
}

/** How much an account can have gained since the beginning, as a read shows it. */
interface Gain {
  readonly least: number
  readonly most: number
}

const flowsOf = (pairs: Sequence<Pair>): ReadonlyMap<number, AccountFlows> => {
  const byAccount = new Map<number, AccountFlows>()
  const add = (account: number, amount: number, begunAt: number, overAt: number): void => {
    const flows = byAccount.get(account) ?? new AccountFlows()
    byAccount.set(account, flows)
    flows.begun.add(begunAt, amount)
    flows.over.add(overAt, amount)
  }
  for (const { invocation, completion } of pairs) {
    if (invocation.f !== 'transfer' || completion?.type === 'fail') continue
    const isOk = completion?.type === 'ok'
    if (isOk && !(completion.value as { applied: boolean }).applied) continue
    const { from, to, amount } = invocation.value as (BankCall & { f: 'transfer' })['value']
    const overAt = isOk ? completion.index : Number.POSITIVE_INFINITY
    add(from, -amount, invocation.index, overAt)
    add(to, amount, invocation.index, overAt)
  }
  return byAccount
}

/** @returns of a read and an account */
const gainsOf = (pairs: Sequence<Pair>): ((read: Answered, account: number) => Gain) => {
  const byAccount = flowsOf(pairs)
  const none = { came: 0, went: 0 }
  return (read, account) => {
    const flows = byAccount.get(account)
    const begun = flows?.begun.before(read.completion.index) ?? none
    const over = flows?.over.before(read.invocation.index) ?? none
    return { least: over.came - begun.went, most: begun.came - over.went }
  }
}

/** What an account can have had at the beginning. */
interface Initial {
  readonly least: number
  readonly most: number
}

const rangeText = (least: number, most: number): string =>
  least === most ? `${least}` : `${least} to ${most}`

/**
 * Reads of balances that are out of bounds, with the first such account of each.
 *
 * @param initial of every account; null: it is not told, and each read narrows what it can have been
 */
export const unseenTransfers = (
  pairs: Sequence<Pair>,
  reads: readonly Answered[],
  initial: number | null,
): readonly Unseen[] => {
  const gainOf = gainsOf(pairs)
  const initials = new Map<number, Initial>()
  const anything = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }
  const known = initial === null ? anything : { least: initial, most: initial }
  return reads.flatMap((read) => {
    const { balances } = read.completion.value as { balances: readonly number[] }
    for (const [account, balance] of balances.entries()) {
      const gain = gainOf(read, account)
      const before = initials.get(account) ?? known
      const [least, most] = [before.least + gain.least, before.most + gain.most]
      if (balance < least || balance > most) {
        const why = initial === null ? 'what other reads showed, and the transfers' : 'the transfers'
        const text = `account ${account} has ${balance}, and ${why} that were over or had begun allow ${rangeText(least, most)}`
        return [{ read, text }]
      }
      initials.set(account, {
        least: Math.max(before.least, balance - gain.most),
        most: Math.min(before.most, balance - gain.least),
      })
    }
    return []
  })
}
