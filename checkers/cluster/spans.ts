/** Time spans, and which of them overlap. */
import { lowerBound } from '../lower-bound.ts'

/** From `fromNs` (inclusive) to `toNs` (exclusive). */
export interface Span {
  readonly fromNs: number
  readonly toNs: number
}

/** For the ends of spans in order of their starts: the latest end of each span and all spans before it. */
const latestEnds = (endsNs: ArrayLike<number>): Float64Array => {
  const latest = Float64Array.from(endsNs)
  for (let i = 1; i < latest.length; i++) latest[i] = Math.max(latest[i - 1] as number, latest[i] as number)
  return latest
}

const fromOf = ({ fromNs }: Span): number => fromNs

/** Returns a function that tells whether a span overlaps any of these, in time logarithmic in their number. */
export const overlapsAny = (spans: readonly Span[]): ((span: Span) => boolean) => {
  const sorted = spans.toSorted((a, b) => a.fromNs - b.fromNs)
  const ends = latestEnds(sorted.map(({ toNs }) => toNs))
  return ({ fromNs, toNs }) => {
    const begun = lowerBound(sorted, fromOf, toNs)
    return begun > 0 && (ends[begun - 1] as number) > fromNs
  }
}

/**
 * Returns a function that finds which of these spans touch a span, both ends included. A query takes time linear in the size
 * of the answer and in the number of spans that began before and did not end much earlier.
 *
 * @param startsNs of the spans, ascending
 * @param endsNs of the same spans
 * @returns the places of those spans, ascending
 */
export const touching = (
  startsNs: ArrayLike<number>,
  endsNs: ArrayLike<number>,
): ((span: Span) => readonly number[]) => {
  const latest = latestEnds(endsNs)
  return ({ fromNs, toNs }) => {
    const found: number[] = []
    const begun = lowerBound(startsNs, Number, toNs + 1)
    for (let i = lowerBound(latest, Number, fromNs); i < begun; i++)
      if ((endsNs[i] as number) >= fromNs) found.push(i)
    return found
  }
}
