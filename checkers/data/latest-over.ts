/**
 * Among the operations that were over before a time, finds the one that began last. Every operation that was over before
 * that one began is older, in any order that respects real time.
 */
import type { Operation, Pair, Sequence } from '../../harness/api/history.ts'
import { lowerBound } from '../lower-bound.ts'

type Acknowledged = Pair & { readonly completion: Operation }

const isAcknowledged = (pair: Pair): pair is Acknowledged => pair.completion?.type === 'ok'

const endNs = ({ completion }: Acknowledged): number => completion.timeNs

/** Returns a function that finds it among the pairs that ended in ok, in time logarithmic in their number. */
export const latestOver = (pairs: Sequence<Pair>): ((timeNs: number) => Pair | null) => {
  const over = pairs.filter(isAcknowledged).sort((a, b) => endNs(a) - endNs(b))
  let latest = over[0]
  const latestUpTo = over.map((pair) => {
    if (latest === undefined || pair.invocation.index > latest.invocation.index) latest = pair
    return latest
  })
  return (timeNs) => latestUpTo[lowerBound(over, endNs, timeNs) - 1] ?? null
}
