/** How the page writes times of the run and durations. */

/** Such as `12.345 s`: enough to find a place on the timeline. */
export const shortTime = (ms: number): string => `${(ms / 1000).toFixed(3)} s`

/** To the microsecond. */
export const exactTime = (ms: number): string => `${(ms / 1000).toFixed(6)} s`

/** Such as `850 \u00b5s`, `12.34 ms` or `1.50 s`. */
export const durationText = (ms: number): string => {
  if (ms < 1) return `${(1000 * ms).toFixed(0)} \u00b5s`
  return ms < 1000 ? `${ms.toFixed(2)} ms` : `${(ms / 1000).toFixed(2)} s`
}

/** By how much a clock is off, such as `+60 s`. */
export const offsetText = (ms: number): string =>
  `${ms > 0 ? '+' : ''}${(ms / 1000).toFixed(ms % 1000 === 0 ? 0 : 2)} s`
