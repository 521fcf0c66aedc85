/** Time spans, and which of them overlap. */
import { lowerBound } from '../lower-bound.ts'

/** From `fromNs` (inclusive) to `toNs` (exclusive). */
export interface Span {
  readonly fromNs: number
  readonly toNs: number
}

/** For spans in order of their starts: the latest end of each span and all spans before it. */
const latestEnds = (spans: readonly Span[]): readonly number[] => {
  let latestNs = Number.NEGATIVE_INFINITY
  return spans.map(({ toNs }) => {
    latestNs = Math.max(latestNs, toNs)
    return latestNs
  })
}

const fromOf = ({ fromNs }: Span): number => fromNs

/** Returns a function that tells whether a span overlaps any of these, in time logarithmic in their number. */
export const overlapsAny = (spans: readonly Span[]): ((span: Span) => boolean) => {
  const sorted = spans.toSorted((a, b) => a.fromNs - b.fromNs)
  const ends = latestEnds(sorted)
  return ({ fromNs, toNs }) => {
    const begun = lowerBound(sorted, fromOf, toNs)
    return begun > 0 && (ends[begun - 1] as number) > fromNs
  }
}

/**
 * Returns a function that finds which of these spans touch a span, both ends included. A query takes time linear in the size
 * of the answer and in the number of spans that began before and did not end much earlier.
 *
 * @param spans in order of their starts
 */
export const touching = <T extends Span>(spans: readonly T[]): ((span: Span) => readonly T[]) => {
  const ends = latestEnds(spans)
  return ({ fromNs, toNs }) =>
    spans
      .slice(lowerBound(ends, Number, fromNs), lowerBound(spans, fromOf, toNs + 1))
      .filter((each) => each.toNs >= fromNs)
}
