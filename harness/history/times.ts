/** Times of a history are for drawing and latencies; the order of its operations is their position. */
/** Beyond this a nanosecond more is lost in a double. */
const MOST_NS = 2 ** 52

/**
 * Each time is at least a nanosecond after the one before it: operations whose times are equal, or go back, keep the order
 * of the history.
 */
export class HeldTimes {
  #startNs: number | null = null
  #lastNs = Number.NEGATIVE_INFINITY
  #previousNs = Number.NEGATIVE_INFINITY
  #wentBack = 0

  /** @param timeNs as the history tells it */
  next(timeNs: number): number {
    this.#startNs ??= Math.abs(timeNs) > MOST_NS ? timeNs : 0
    const toldNs = timeNs - this.#startNs
    if (toldNs < this.#previousNs) this.#wentBack++
    this.#previousNs = toldNs
    this.#lastNs = Math.max(toldNs, this.#lastNs + 1)
    return this.#lastNs
  }

  /** What the reader should be told; none: no time went back. */
  notes(): readonly string[] {
    if (this.#wentBack === 0) return []
    return [`${this.#wentBack} times go back: the verdict is on the order of the history, not of its times`]
  }
}
