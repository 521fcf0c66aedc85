/**
 * Bounds of balances. A linearizable read of all accounts includes every transfer that was over before it began, and none
 * that began after it ended. Any other may be included or not. That gives each account a least and a greatest balance, or where
 * the initial balances are not told, bounds of what they can have been, which must agree among all reads.
 */
import type { Pair } from '../../harness/api/history.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { BankCall } from '../../harness/vocabularies/bank.ts'
import type { Answered } from '../final-answers.ts'
import { lowerBound } from '../lower-bound.ts'
import { sortedPositions } from '../porcupine-ts/history/sort.ts'

/** How much had come and gone of an account by some index. */
class Flow {
  readonly #at = new Growing(Float64Array)
  readonly #amount = new Growing(Float64Array)
  #sums: Sums | null = null
  /** How many were before the last index that was asked for. */
  #count = 0

  /** @param at index into the history; infinite: never */
  add(at: number, amount: number): void {
    this.#at.push(at)
    this.#amount.push(amount)
  }

  before(index: number): { readonly came: number; readonly went: number } {
    this.#sums ??= sumsOf(this.#at.all(), this.#amount.all())
    const { at, came, went } = this.#sums
    this.#count = countBelow(at, index, this.#count)
    return { came: came[this.#count] as number, went: went[this.#count] as number }
  }
}

/** So many steps are shorter than a search. */
const NEAR = 32

/** How many of these ascending numbers are below `bound`. @param near the answer for another bound: mostly one near it */
const countBelow = (ascending: Float64Array, bound: number, near: number): number => {
  let count = near
  const [least, most] = [Math.max(0, near - NEAR), Math.min(ascending.length, near + NEAR)]
  while (count < most && (ascending[count] as number) < bound) count++
  while (count > least && (ascending[count - 1] as number) >= bound) count--
  const isFound =
    (count === ascending.length || (ascending[count] as number) >= bound) &&
    (count === 0 || (ascending[count - 1] as number) < bound)
  return isFound ? count : lowerBound(ascending, Number, bound)
}

/** Ascending, with what had come and gone before each. */
interface Sums {
  readonly at: Float64Array
  readonly came: Float64Array
  readonly went: Float64Array
}

const sumsOf = (at: Float64Array, amount: Float64Array): Sums => {
  const order = sortedPositions(at)
  const sorted = new Float64Array(order.length)
  const came = new Float64Array(order.length + 1)
  const went = new Float64Array(order.length + 1)
  for (let i = 0; i < order.length; i++) {
    const entry = order[i] as number
    sorted[i] = at[entry] as number
    came[i + 1] = (came[i] as number) + Math.max(0, amount[entry] as number)
    went[i + 1] = (went[i] as number) + Math.max(0, -(amount[entry] as number))
  }
  return { at: sorted, came, went }
}

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

/** Takes the transfers of a history. */
export class Flows {
  readonly #byAccount = new Map<number, AccountFlows>()
  /** Whether anything was to be transferred, successfully or not. */
  isAsked = false

  take({ invocation, completion }: Pair): void {
    this.isAsked = true
    if (completion?.type === 'fail') return
    const isOk = completion?.type === 'ok'
    if (isOk && !(completion.value as { applied: boolean }).applied) return
    const { from, to, amount } = invocation.value as (BankCall & { f: 'transfer' })['value']
    const overAt = isOk ? completion.index : Number.POSITIVE_INFINITY
    this.#add(from, -amount, invocation.index, overAt)
    this.#add(to, amount, invocation.index, overAt)
  }

  #add(account: number, amount: number, begunAt: number, overAt: number): void {
    const flows = this.#byAccount.get(account) ?? new AccountFlows()
    this.#byAccount.set(account, flows)
    flows.begun.add(begunAt, amount)
    flows.over.add(overAt, amount)
  }

  gainOf({ invocation, completion }: Answered, account: number): Gain {
    const flows = this.#byAccount.get(account)
    const begun = flows?.begun.before(completion.index) ?? NOTHING
    const over = flows?.over.before(invocation.index) ?? NOTHING
    return { least: over.came - begun.went, most: begun.came - over.went }
  }
}

const NOTHING = { came: 0, went: 0 }

/** What an account can have had at the beginning. */
interface Initial {
  readonly least: number
  readonly most: number
}

const rangeText = (least: number, most: number): string =>
  least === most ? `${least}` : `${least} to ${most}`

/** The first account of a read that is out of bounds; null: there is none. Narrows what accounts can have had at first. */
const outOfBounds = (
  read: Answered,
  flows: Flows,
  initials: Map<number, Initial>,
  initial: number | null,
): string | null => {
  const anything = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY }
  const known = initial === null ? anything : { least: initial, most: initial }
  const { balances } = read.completion.value as { balances: readonly number[] }
  for (const [account, balance] of balances.entries()) {
    const gain = flows.gainOf(read, account)
    const before = initials.get(account) ?? known
    const [least, most] = [before.least + gain.least, before.most + gain.most]
    if (balance < least || balance > most) {
      const why = initial === null ? 'what other reads showed, and the transfers' : 'the transfers'
      return `account ${account} has ${balance}, and ${why} that were over or had begun allow ${rangeText(least, most)}`
    }
    initials.set(account, {
      least: Math.max(before.least, balance - gain.most),
      most: Math.min(before.most, balance - gain.least),
    })
  }
  return null
}

/**
 * Reads of balances that are out of bounds, with the first such account of each.
 *
 * @param initial of every account; null: it is not told, and each read narrows what it can have been
 */
export const unseenTransfers = (
  flows: Flows,
  reads: Iterable<Answered>,
  initial: number | null,
): readonly Unseen[] => {
  const initials = new Map<number, Initial>()
  const unseen: Unseen[] = []
  for (const read of reads) {
    const text = outOfBounds(read, flows, initials, initial)
    if (text !== null) unseen.push({ read, text })
  }
  return unseen
}
