/**
 * Bounds of balances. A linearizable read of all accounts includes every transfer that was over before it began, and none
 * that began after it ended. Any other may be included or not. That gives each account a least and a greatest balance.
 */
import type { Pair } from '../../harness/api/history.ts'
import { type BankCall, INITIAL_BALANCE } from '../../harness/vocabularies/bank.ts'
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

/** Reads of balances that are out of bounds, with the first such account of each. */
export const unseenTransfers = (pairs: readonly Pair[], reads: readonly Answered[]): readonly Unseen[] => {
  const byAccount = new Map(
    [...Map.groupBy(pairs.flatMap(entriesOf), ({ account }) => account)].map(([account, entries]) => [
      account,
      { begun: new Flow(entries, 'begunAt'), over: new Flow(entries, 'overAt') },
    ]),
  )
  return reads.flatMap((read) => {
    const { balances } = read.completion.value as { balances: readonly number[] }
    for (const [account, balance] of balances.entries()) {
      const flows = byAccount.get(account)
      const none = { came: 0, went: 0 }
      const begun = flows?.begun.before(read.completion.index) ?? none
      const over = flows?.over.before(read.invocation.index) ?? none
      const least = INITIAL_BALANCE + over.came - begun.went
      const most = INITIAL_BALANCE + begun.came - over.went
      if (balance >= least && balance <= most) continue
      const text = `account ${account} has ${balance}, and the transfers that were over or had begun allow ${least === most ? least : `${least} to ${most}`}`
      return [{ read, text }]
    }
    return []
  })
}
