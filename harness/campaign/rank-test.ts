/** Whether two samples differ by more than chance (Mann and Whitney 1947), by the normal approximation. */

/** The mean rank of each value among all, ascending from 1, and the correction of the variance for ties. */
const ranksOf = (values: readonly number[]): { readonly ranks: readonly number[]; readonly ties: number } => {
  const order = values.map((value, at) => ({ value, at })).toSorted((a, b) => a.value - b.value)
  const ranks: number[] = []
  let ties = 0
  for (let from = 0; from < order.length; ) {
    let to = from
    while (order[to + 1]?.value === order[from]?.value) to++
    for (let k = from; k <= to; k++) ranks[order[k]?.at as number] = (from + to) / 2 + 1
    const same = to - from + 1
    ties += same ** 3 - same
    from = to + 1
  }
  return { ranks, ties }
}

/** The error function to 1.5e-7 (Abramowitz and Stegun 1964, 7.1.26), for z from 0 on. */
const erf = (z: number): number => {
  const t = 1 / (1 + 0.3275911 * z)
  const sum =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return 1 - sum * Math.exp(-z * z)
}

/** Two-sided p. 1 where all values are the same. */
export const rankTest = (before: readonly number[], now: readonly number[]): number => {
  const [m, n] = [before.length, now.length]
  const all = m + n
  const { ranks, ties } = ranksOf([...before, ...now])
  const u = ranks.slice(0, m).reduce((sum, rank) => sum + rank, 0) - (m * (m + 1)) / 2
  const variance = ((m * n) / 12) * (all + 1 - ties / (all * (all - 1)))
  if (!(variance > 0)) return 1
  const z = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5) / Math.sqrt(variance)
  return 1 - erf(z / Math.SQRT2)
}
