/**
 * Makes a failing case smaller, the strong and cheap reductions first: what comes after the evidence, the kinds of
 * faults and then the faults (ddmin), the calms between them, their durations, the load, the keys, the nodes.
 *
 * It is a function of the decisions of its oracle alone. So whoever has kept them goes on where it stopped.
 */
import type { RecordedFault } from '../api/nemesis.ts'
import { NS_PER_MS } from '../support/time.ts'
import { ddmin } from './ddmin.ts'
import {
  endingAfter,
  onFewerNodes,
  pulledTogether,
  type ShrinkCase,
  withShorterFaults,
} from './shrink-case.ts'

/** A case that fails. */
export interface Failing {
  /** The latest time of the first evidence among its runs, nanoseconds since the start. Null: not known. */
  readonly firstAtNs: number | null
}

/**
 * Null: it does not fail often enough, or there is no time left to know. @param what is smaller than before, in a few words
 */
export type Fails = (candidate: ShrinkCase, what: string) => Promise<Failing | null>

/** What the recorded run tells about which faults it took. */
export interface Clues {
  /** The latest among the runs that are known. */
  readonly firstAtNs: number | null
  /** The faults in force at the first evidence. */
  readonly inForce: readonly string[]
  /** The effective faults that began before it, earliest first. */
  readonly before: readonly string[]
}

export interface Cluster {
  /** The names of all nodes, in the order of the cluster. */
  readonly names: readonly string[]
  readonly fewest: number
}

/** The run goes on for so long after the evidence, which does not come at the same time in each run. */
const AFTER_EVIDENCE_MS = 2000
const SHORTEST_RUN_MS = 2000
/** So many faults are guessed to suffice. */
const GUESSED = 3
/** Each setting gets so many tries. */
const TRIES = 3
/** To cut a run off is worth its own test if this share of it is left, or less. */
const WORTH_A_CUT = 0.75
/** With fewer nodes than this, there is no majority without one of them. */
const FEWEST_NODES = 3
const SLOWEST_RATE = 8

/** The smallest number of a few between the two that still fails: the lowest first, then halfway. */
const smallest = async (
  lowest: number,
  now: number,
  fails: (next: number) => Promise<boolean>,
): Promise<void> => {
  let [low, high] = [lowest, now]
  for (let tries = 0; tries < TRIES; tries++) {
    const next = tries === 0 ? low : Math.floor((low + high) / 2)
    if (next >= high || (tries > 0 && next <= low)) return
    if (await fails(next)) high = next
    else low = next
  }
}

class Shrinking {
  readonly #fails: Fails
  #smallest: ShrinkCase
  #firstAtNs: number | null

  constructor(whole: ShrinkCase, clues: Clues, fails: Fails) {
    this.#fails = fails
    this.#smallest = whole
    this.#firstAtNs = clues.firstAtNs
  }

  get smallest(): ShrinkCase {
    return this.#smallest
  }

  async #try(candidate: ShrinkCase, what: string): Promise<boolean> {
    return !this.#isSmallest(candidate) && this.tryAgain(candidate, what)
  }

  /** Also if it is no smaller. */
  async tryAgain(candidate: ShrinkCase, what: string): Promise<boolean> {
    const failing = await this.#fails(candidate, what)
    if (failing === null) return false
    this.#smallest = candidate
    this.#firstAtNs = failing.firstAtNs
    return true
  }

  /**
   * Evidence that comes after the load, such as by the last reads, does not say when it was caused.
   *
   * @param share only if at most this share of the time is left
   */
  async cut(share = 1): Promise<boolean> {
    const { timeLimitMs } = this.#smallest
    if (this.#firstAtNs === null) return false
    const endMs = Math.max(SHORTEST_RUN_MS, Math.ceil(this.#firstAtNs / NS_PER_MS) + AFTER_EVIDENCE_MS)
    return (
      endMs < share * timeLimitMs &&
      this.#try(endingAfter(this.#smallest, endMs), 'the time after the evidence')
    )
  }

  async shortenRun(): Promise<void> {
    const whole = this.#smallest
    const half = Math.ceil(whole.timeLimitMs / 2)
    if (half > SHORTEST_RUN_MS)
      await smallest(half, whole.timeLimitMs, (ms) => this.#try(endingAfter(whole, ms), 'the time'))
  }

  async guess({ inForce, before }: Clues): Promise<void> {
    const guesses: readonly (readonly [ids: readonly string[], what: string])[] = [
      [[], 'all faults'],
      [inForce, 'all faults but those in force at the evidence'],
      [before.slice(-GUESSED), 'all faults but the last before the evidence'],
    ]
    for (const [ids, what] of guesses) {
      const whole = this.#smallest
      const faults = whole.faults.filter(({ id }) => ids.includes(id))
      if (faults.length >= whole.faults.length || (faults.length === 0 && ids.length > 0)) continue
      if (await this.#try(pulledTogether({ ...whole, faults }), what)) return
    }
  }

  /** Whether nothing is left between the faults now. */
  async pullTogether(): Promise<boolean> {
    const together = pulledTogether(this.#smallest)
    return this.#isSmallest(together) || this.tryAgain(together, 'the calm between faults')
  }

  #isSmallest(candidate: ShrinkCase): boolean {
    return JSON.stringify(candidate) === JSON.stringify(this.#smallest)
  }

  /**
   * Of what one nemesis does, all or nothing is kept: few kinds are needed as a rule, and all faults of a kind give as many
   * chances as the whole run had. Those that were at work at the evidence are left out last.
   */
  async leaveOutNemeses({ inForce, before }: Clues): Promise<void> {
    const whole = this.#smallest
    const suspects = [...inForce, ...before.toReversed()]
    const rank = ({ id }: RecordedFault): number =>
      suspects.includes(id) ? suspects.indexOf(id) : suspects.length
    const bySuspicion = whole.faults.toSorted((a, b) => rank(a) - rank(b))
    const nemeses = new Set(bySuspicion.map(({ nemesis }) => nemesis))
    if (nemeses.size < 2) return
    await ddmin([...nemeses].reverse(), (kept) =>
      this.#keep(
        ({ nemesis }) => kept.includes(nemesis),
        `${nemeses.size - kept.length} of the ${nemeses.size} nemeses`,
        false,
      ),
    )
  }

  /** @param closeGaps whether the gaps that faults leave are closed: a shorter run is tried sooner */
  async leaveOutFaults(closeGaps: boolean): Promise<void> {
    const { faults } = this.#smallest
    await ddmin(faults, (kept) => {
      const ids = new Set(kept.map(({ id }) => id))
      return this.#keep(
        ({ id }) => ids.has(id),
        `${faults.length - kept.length} of the ${faults.length} faults`,
        closeGaps,
      )
    })
  }

  /** Whether it still fails with these faults alone. If the evidence now comes much earlier, the rest of the run goes, too. */
  async #keep(isKept: (fault: RecordedFault) => boolean, what: string, closeGaps: boolean): Promise<boolean> {
    const subset = { ...this.#smallest, faults: this.#smallest.faults.filter(isKept) }
    const candidate = closeGaps ? pulledTogether(subset) : subset
    if (this.#isSmallest(candidate)) return true
    if (!(await this.tryAgain(candidate, what))) return false
    await this.cut(WORTH_A_CUT)
    return true
  }

  async shortenFaults(): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++)
      if (!(await this.#try(withShorterFaults(this.#smallest), 'half of the duration of the faults'))) return
  }

  async #number(
    what: string,
    lowest: number,
    now: number,
    change: (whole: ShrinkCase, next: number) => ShrinkCase,
  ): Promise<void> {
    const whole = this.#smallest
    await smallest(Math.min(lowest, now), now, (next) => this.#try(change(whole, next), what))
  }

  async lessLoad(): Promise<void> {
    const { concurrency, rate, keys } = this.#smallest
    await this.#number('clients', 2, concurrency, (whole, next) => ({ ...whole, concurrency: next }))
    if (rate > 0)
      await this.#number('operations per second', Math.ceil(rate / SLOWEST_RATE), rate, (whole, next) => ({
        ...whole,
        rate: next,
      }))
    if (keys !== null) await this.#number('keys', 1, keys, (whole, next) => ({ ...whole, keys: next }))
  }

  async fewerNodes({ names, fewest }: Cluster): Promise<void> {
    const { nodes } = this.#smallest
    await this.#number('nodes', Math.max(fewest, FEWEST_NODES), nodes, (whole, next) =>
      onFewerNodes(whole, next, names),
    )
  }
}

/** Null: neither the case nor its beginning fails often enough. */
export const shrink = async (
  whole: ShrinkCase,
  clues: Clues,
  cluster: Cluster,
  fails: Fails,
): Promise<ShrinkCase | null> => {
  const shrinking = new Shrinking(whole, clues, fails)
  let isCut = await shrinking.cut()
  if (!isCut && !(await shrinking.tryAgain(whole, 'nothing'))) return null
  isCut ||= await shrinking.cut()
  await shrinking.guess(clues)
  await shrinking.leaveOutNemeses(clues)
  await shrinking.cut()
  if (!isCut) await shrinking.shortenRun()
  const closeGaps = await shrinking.pullTogether()
  await shrinking.leaveOutFaults(closeGaps)
  await shrinking.pullTogether()
  await shrinking.cut()
  await shrinking.fewerNodes(cluster)
  await shrinking.lessLoad()
  await shrinking.shortenFaults()
  await shrinking.shortenRun()
  return shrinking.smallest
}
