/**
 * How much of its service a cluster has delivered so far, by what it acknowledges. The next fault waits for it: a cluster
 * that is down most of the time is hardly tested, and how long it takes to recover is known only while it runs.
 */
import { NS_PER_S } from '../support/time.ts'
import { sleep } from '../support/wait.ts'

/** Rates are counted over windows of this length. */
const WINDOW_NS = 0.5 * NS_PER_S
/** It serves if it acknowledged something in this time. */
const SERVES_WITHIN_NS = 0.3 * NS_PER_S
/** The least share of what it could have acknowledged at its best rate. */
const LEAST_SHARE = 0.5
const POLL_MS = 20

export class ServiceLevel {
  readonly #clock: () => number
  readonly #signal: AbortSignal
  #total = 0
  #lastNs = Number.NEGATIVE_INFINITY
  #window = 0
  #inWindow = 0
  #best = 0

  constructor(clock: () => number, signal: AbortSignal) {
    this.#clock = clock
    this.#signal = signal
  }

  /** A client was told that its call took effect. */
  acknowledged(): void {
    const nowNs = this.#clock()
    const window = Math.floor(nowNs / WINDOW_NS)
    if (window !== this.#window) {
      this.#best = Math.max(this.#best, this.#inWindow)
      this.#window = window
      this.#inWindow = 0
    }
    this.#inWindow++
    this.#total++
    this.#lastNs = nowNs
  }

  /** Of all that it could have acknowledged at its best rate until now. 1 if it acknowledged nothing yet. */
  get share(): number {
    return this.#best === 0 ? 1 : this.#total / ((this.#best * this.#clock()) / WINDOW_NS)
  }

  /**
   * Waits until it serves now and, unless the next fault is mild, has served enough so far. Returns false if that is not so
   * by then.
   */
  async isBack(latestNs: number, isMild: boolean): Promise<boolean> {
    const leastShare = isMild ? 0 : LEAST_SHARE
    for (;;) {
      const nowNs = this.#clock()
      if (nowNs > latestNs || this.#signal.aborted) return false
      if (this.share >= leastShare && nowNs - this.#lastNs <= SERVES_WITHIN_NS) return true
      await sleep(POLL_MS, this.#signal).catch(() => {})
    }
  }
}
