/**
 * For how much of the time a cluster has served so far, by what it acknowledges. The next fault waits for it: a cluster
 * that is down most of the time is hardly tested, and how long it takes to recover is known only while it runs.
 */
import type { Operation } from '../api/history.ts'
import type { Nemesis } from '../api/nemesis.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { NS_PER_S } from '../support/time.ts'
import { sleep } from '../support/wait.ts'

const WINDOW_NS = 0.25 * NS_PER_S
/** A window counts as served from this share of a good one on: machines are sometimes slow, and that is no outage. */
const SERVED = 0.4
/**
 * As many of the windows with acknowledgements have less than a good one. Not all: after a stall of the machine, what it held
 * up is acknowledged at once.
 */
const GOOD = 0.75
/** It serves if it acknowledged something in this time. */
const SERVES_WITHIN_NS = 0.3 * NS_PER_S
/** The least share of the windows that must have been served before a fault. */
const LEAST_SHARE = 0.6
/** Before one of a nemesis that gets more turns than others: it would lose them to those that keep nodes down as long. */
const LEAST_SHARE_OFTEN = 0.53
const OFTEN = 3
const POLL_MS = 20

/** What must have been served before a fault of that nemesis. */
export const leastShareBefore = ({ isMild, weight = 1 }: Pick<Nemesis, 'isMild' | 'weight'>): number => {
  if (isMild) return 0
  return weight >= OFTEN ? LEAST_SHARE_OFTEN : LEAST_SHARE
}

/** Whether the operation shows that the cluster serves: an answer does, unless it only tells about the cluster itself. */
export const provesService = (
  vocabulary: Vocabulary,
  { type, f, value }: Pick<Operation, 'type' | 'f' | 'value'>,
): boolean => {
  const call = vocabulary.calls[f]
  return type === 'ok' && (call?.showsService?.(value) ?? call?.audits !== true)
}

/** @param windows how many windows had so many acknowledgements */
const shareOf = (windows: ReadonlyMap<number, number>): number => {
  const sizes = [...windows].sort(([a], [b]) => a - b)
  const sum = (some: typeof sizes): number => some.reduce((total, [, times]) => total + times, 0)
  const busy = sizes.filter(([size]) => size > 0)
  const place = Math.floor(GOOD * sum(busy))
  let passed = 0
  const good = busy.find(([, times]) => {
    passed += times
    return passed > place
  })
  const least = Math.max(1, SERVED * (good?.[0] ?? 0))
  return sum(sizes.filter(([size]) => size >= least)) / sum(sizes)
}

export class ServiceLevel {
  readonly #clock: () => number
  readonly #signal: AbortSignal
  /** How many windows that are over had so many acknowledgements. It does not grow with the length of a run. */
  readonly #windows = new Map<number, number>()
  /** Windows that are over. */
  #over = 0
  #share = 1
  #inWindow = 0
  #acknowledgements = 0
  #lastNs = Number.NEGATIVE_INFINITY

  constructor(clock: () => number, signal: AbortSignal) {
    this.#clock = clock
    this.#signal = signal
  }

  /** How many calls have been acknowledged. */
  get acknowledgements(): number {
    return this.#acknowledgements
  }

  /** A client was told that its call took effect. */
  acknowledged(): void {
    const nowNs = this.#clock()
    this.#close(nowNs)
    this.#inWindow++
    this.#acknowledgements++
    this.#lastNs = nowNs
  }

  #close(nowNs: number): void {
    const before = this.#over
    while ((this.#over + 1) * WINDOW_NS <= nowNs) {
      this.#windows.set(this.#inWindow, (this.#windows.get(this.#inWindow) ?? 0) + 1)
      this.#over++
      this.#inWindow = 0
    }
    if (this.#over > before) this.#share = shareOf(this.#windows)
  }

  /** The share of the time until now in which it served. 1 before the first window is over. */
  get share(): number {
    this.#close(this.#clock())
    return this.#share
  }

  /** Waits until it serves now, and has served that share of the time. Returns false if that is not so by then. */
  async isBack(latestNs: number, leastShare: number): Promise<boolean> {
    for (;;) {
      const nowNs = this.#clock()
      if (nowNs > latestNs || this.#signal.aborted) return false
      if (this.share >= leastShare && nowNs - this.#lastNs <= SERVES_WITHIN_NS) return true
      await sleep(POLL_MS, this.#signal).catch(() => {})
    }
  }
}
