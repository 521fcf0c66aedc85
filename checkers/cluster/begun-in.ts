import type { Pair, Sequence } from '../../harness/api/history.ts'
import { firstPlace } from '../lower-bound.ts'
import type { Span } from './spans.ts'

/** The pairs that began in the span. Only these are made: of a run of hours all would not fit into memory. */
export const begunIn = (pairs: Sequence<Pair>, { fromNs, toNs }: Span): readonly Pair[] => {
  const begunBefore = (timeNs: number): number =>
    firstPlace(0, pairs.length, (place) => (pairs.at(place) as Pair).invocation.timeNs < timeNs)
  return pairs.slice(begunBefore(fromNs), begunBefore(toNs))
}
