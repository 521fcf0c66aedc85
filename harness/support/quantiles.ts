/** Quantiles of measurements. */

/** The place of a quantile among so many, in ascending order. */
export const rankOf = (count: number, q: number): number => Math.min(count - 1, Math.floor(q * count))

/** Null for an empty list. @param sorted ascending */
export const quantile = (sorted: ArrayLike<number>, q: number): number | null =>
  sorted.length === 0 ? null : (sorted[rankOf(sorted.length, q)] as number)

type Quantiles = Record<'p50' | 'p99' | 'max', number | null>

/** Of so many zeros and of the values, of which none is less. */
export const quantilesBehindZeros = (zeros: number, values: ArrayLike<number>): Quantiles => {
  const count = zeros + values.length
  if (count === 0) return { p50: null, p99: null, max: null }
  // Typed arrays sort numbers as numbers, and some ten times as fast.
  const sorted = new Float64Array(values).sort()
  const at = (rank: number): number => (rank < zeros ? 0 : (sorted[rank - zeros] as number))
  return { p50: at(rankOf(count, 0.5)), p99: at(rankOf(count, 0.99)), max: at(count - 1) }
}

export const quantiles = (values: ArrayLike<number>): Quantiles => quantilesBehindZeros(0, values)
