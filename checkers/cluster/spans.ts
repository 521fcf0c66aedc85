/** Stretches of time, and which of them overlap. */
import { lowerBound } from '../lower-bound.ts'

/** From `fromNs` up to, and without, `toNs`. */
export interface Span {
  readonly fromNs: number
  readonly toNs: number
}

/** Of spans in order of their beginnings: up to each, the latest end. */
const latestEnds = (spans: readonly Span[]): readonly number[] => {
  let latestNs = Number.NEGATIVE_INFINITY
  return spans.map(({ toNs }) => {
    latestNs = Math.max(latestNs, toNs)
    return latestNs
  })
}

const fromOf = ({ fromNs }: Span): number => fromNs

/** Asks whether a span overlaps any of these; a question takes time logarithmic in their number. */
export const overlapsAny = (spans: readonly Span[]): ((span: Span) => boolean) => {
  const sorted = spans.toSorted((a, b) => a.fromNs - b.fromNs)
  const ends = latestEnds(sorted)
  return ({ fromNs, toNs }) => {
    const begun = lowerBound(sorted, fromOf, toNs)
    return begun > 0 && (ends[begun - 1] as number) > fromNs
  }
}

/**
 * Asks which of these spans touch a span, both ends included. A question takes time linear in the answer, and in what began
 * before and is not over much earlier.
 *
 * @param spans in order of their beginnings
 */
export const touching = <T extends Span>(spans: readonly T[]): ((span: Span) => readonly T[]) => {
  const ends = latestEnds(spans)
  return ({ fromNs, toNs }) =>
    spans
      .slice(lowerBound(ends, Number, fromNs), lowerBound(spans, fromOf, toNs + 1))
      .filter((each) => each.toNs >= fromNs)
}
