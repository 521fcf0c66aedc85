/**
 * Bounds of balances. A linearizable read of all accounts includes every transfer that was over before it began, and none
 * that began after it ended. Any other may be included or not. That gives each account a least and a greatest balance, or where
 * the initial balances are not told, bounds of what they can have been, which must agree among all reads.
 */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import type { BankCall } from '../../harness/vocabularies/bank.ts'
import type { Answered } from '../final-answers.ts'
import { lowerBound } from '../lower-bound.ts'

/** One side of a transfer. */
interface Entry {
  readonly account: number
  readonly amount: number
  /** Indices into the history; infinite if it was not acknowledged. */
  readonly begunAt: number
  readonly overAt: number
}

const entriesOf = ({ invocation, completion }: Pair): readonly Entry[] => {
  if (invocation.f !== 'transfer' || completion?.type === 'fail') return []
  const isOk = completion?.type === 'ok'
  if (isOk && !(completion.value as { applied: boolean }).applied) return []
  const { from, to, amount } = invocation.value as (BankCall & { f: 'transfer' })['value']
  const times = { begunAt: invocation.index, overAt: isOk ? completion.index : Number.POSITIVE_INFINITY }
  return [
    { account: from, amount: -amount, ...times },
    { account: to, amount, ...times },
  ]
}

/** How much had come and gone of an account by some index. */
class Flow {
  readonly #at: readonly number[]
  readonly #came: readonly number[]
  readonly #went: readonly number[]

  constructor(entries: readonly Entry[], time: 'begunAt' | 'overAt') {
    const sorted = entries.toSorted((a, b) => a[time] - b[time])
    const sums = (of: (amount: number) => number): readonly number[] => {
      let sum = 0
      return [0, ...sorted.map(({ amount }) => (sum += of(amount)))]
    }
    this.#at = sorted.map((entry) => entry[time])
    this.#came = sums((amount) => Math.max(0, amount))
    this.#went = sums((amount) => Math.max(0, -amount))
  }

  before(index: number): { readonly came: number; readonly went: number } {
    const count = lowerBound(this.#at, Number, index)
    return { came: this.#came[count] as number, went: this.#went[count] as number }
  }
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

/** @returns of a read and an account */
const gainsOf = (pairs: Sequence<Pair>): ((read: Answered, account: number) => Gain) => {
  const byAccount = new Map(
    [...Map.groupBy(pairs.flatMap(entriesOf), ({ account }) => account)].map(([account, entries]) => [
      account,
      { begun: new Flow(entries, 'begunAt'), over: new Flow(entries, 'overAt') },
    ]),
  )
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
