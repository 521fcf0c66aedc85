/** Quantiles of measurements. */

/** The place of a quantile among so many, in ascending order. */
export const rankOf = (count: number, q: number): number => Math.min(count - 1, Math.floor(q * count))

/** Null for an empty list. @param sorted ascending */
export const quantile = (sorted: ArrayLike<number>, q: number): number | null =>
  sorted.length === 0 ? null : (sorted[rankOf(sorted.length, q)] as number)

export const quantiles = (values: ArrayLike<number>): Record<'p50' | 'p99' | 'max', number | null> => {
  // Typed arrays sort numbers as numbers, and some ten times as fast.
  const sorted = Float64Array.from(values).sort()
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? null }
}
