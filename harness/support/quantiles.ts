/** Quantiles of measurements. */

/** Null for an empty list. @param sorted ascending */
export const quantile = (sorted: readonly number[], q: number): number | null =>
  sorted.length === 0 ? null : (sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] as number)

export const quantiles = (values: readonly number[]): Record<'p50' | 'p99' | 'max', number | null> => {
  const sorted = values.toSorted((a, b) => a - b)
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? null }
}
