/** How often something shows, estimated from a number of runs. */

/** The 97.5 % quantile of the standard normal distribution, for an interval of 95 %. */
const Z = 1.959963984540054

export interface Rate {
  readonly shown: number
  readonly runs: number
  /** The ends of the 95 % interval, from 0 to 1. Without runs it is all of it. */
  readonly low: number
  readonly high: number
}

/**
 * The 95 % score interval of Wilson ("Probable inference, the law of succession, and statistical inference", JASA 22, 1927).
 * Brown, Cai and DasGupta recommend it for few runs ("Interval estimation for a binomial proportion", 2001): it covers
 * about 95 % also where all runs, or none, show it.
 */
export const rateOf = (shown: number, runs: number): Rate => {
  if (runs === 0) return { shown, runs, low: 0, high: 1 }
  const share = shown / runs
  const square = Z ** 2 / runs
  const centre = share + square / 2
  const half = Z * Math.sqrt((share * (1 - share)) / runs + square / (4 * runs))
  const end = (value: number): number => Math.min(1, Math.max(0, value / (1 + square)))
  return { shown, runs, low: end(centre - half), high: end(centre + half) }
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** Such as `4 of 5 (80 %, 95 % interval 38 % to 96 %)`. */
export const rateText = ({ shown, runs, low, high }: Rate): string =>
  runs === 0
    ? '0 of 0'
    : `${shown} of ${runs} (${percent(shown / runs)}, 95 % interval ${percent(low)} to ${percent(high)})`
