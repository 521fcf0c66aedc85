/** Packets of held links wait until other links are held: they are late, in order, and none is lost. */

interface Waiting<T> {
  readonly packet: T
  readonly sinceMs: number
}

/** Of all packets that had to wait so far, those that still wait included. */
export interface HeldCounts {
  readonly packets: number
  readonly totalMs: number
  readonly longestMs: number
}

/** On one link. TCP sends again and again what is not answered, so a longer queue holds nothing new. */
const MOST_WAITING = 10_000

const NONE: HeldCounts = { packets: 0, totalMs: 0, longestMs: 0 }

const adding = (counts: HeldCounts, waitedMs: readonly number[]): HeldCounts =>
  waitedMs.reduce<HeldCounts>(
    ({ packets, totalMs, longestMs }, ms) => ({
      packets: packets + 1,
      totalMs: totalMs + ms,
      longestMs: Math.max(longestMs, ms),
    }),
    counts,
  )

/** @typeParam T a packet, with what is needed to send it */
export class HeldLinks<T> {
  readonly #waiting = new Map<string, Waiting<T>[]>()
  #letGo = NONE

  /**
   * Holds what comes on these links (`from>to`) from now on.
   *
   * @returns all that has waited so far, in the order in which it came on each link
   */
  hold(links: readonly string[], nowMs: number): readonly T[] {
    const leaving = [...this.#waiting.values()].flat()
    this.#letGo = this.counts(nowMs)
    this.#waiting.clear()
    for (const link of links) this.#waiting.set(link, [])
    return leaving.map(({ packet }) => packet)
  }

  /** Takes the packet if its link is held. */
  keeps(link: string, packet: T, nowMs: number): boolean {
    const queue = this.#waiting.get(link)
    if (queue === undefined) return false
    if (queue.length < MOST_WAITING) queue.push({ packet, sinceMs: nowMs })
    return true
  }

  counts(nowMs: number): HeldCounts {
    const waiting = [...this.#waiting.values()].flat()
    return adding(
      this.#letGo,
      waiting.map(({ sinceMs }) => nowMs - sinceMs),
    )
  }
}
