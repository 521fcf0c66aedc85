/** Moments of a run that faults wait for. */
import type { Moment, Trigger } from '../api/nemesis.ts'
import type { Sample } from '../api/record.ts'
import { NS_PER_MS } from '../support/time.ts'
import { sleep, waitUntil } from '../support/wait.ts'

/** A new leader is asked for this often, much more often than it is sampled. */
const LEADER_POLL_MS = 20

interface Waiting {
  readonly moment: Moment
  left: number
  readonly happened: () => void
}

export class Moments {
  readonly #leader: () => Promise<string | null>
  readonly #signal: AbortSignal
  readonly #waiting = new Set<Waiting>()
  readonly #silent = new Set<string>()
  #knownLeader: string | null = null

  /** @param leader asks the nodes which of them leads now */
  constructor(leader: () => Promise<string | null>, signal: AbortSignal) {
    this.#leader = leader
    this.#signal = signal
  }

  happened(moment: Moment): void {
    for (const waiting of this.#waiting)
      if (waiting.moment === moment && --waiting.left === 0) waiting.happened()
  }

  /** Notices that a node answers again. */
  sampled({ node, status }: Sample): void {
    if (status === null) this.#silent.add(node)
    else if (this.#silent.delete(node)) this.happened('answers-again')
  }

  /** Waits for the moment, for each part of it not longer than the trigger says. Returns whether it happened. */
  async wait({ moment, times, withinNs }: Trigger): Promise<boolean> {
    const withinMs = withinNs / NS_PER_MS
    if (moment === 'new-leader') return this.#newLeader(withinMs)
    if (moment === 'new-leader-serves')
      return (await this.#newLeader(withinMs)) && this.#times('acknowledged', times, withinMs)
    return this.#times(moment, times, withinMs)
  }

  async #times(moment: Moment, times: number, withinMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const waiting = { moment, left: times, happened: () => resolve(true) }
    this.#waiting.add(waiting)
    const over = new AbortController()
    try {
      const late = sleep(withinMs, AbortSignal.any([over.signal, this.#signal])).catch(() => {})
      return await Promise.race([promise, late.then(() => false)])
    } finally {
      this.#waiting.delete(waiting)
      over.abort()
    }
  }

  /** Which node leads now; null if none does. */
  leader(): Promise<string | null> {
    return this.#leader()
  }

  /** Waits until another node than this one leads, but not longer than that. */
  async succession(from: string, withinNs: number): Promise<boolean> {
    const isAnother = async (): Promise<boolean> => {
      const leader = await this.#leader()
      return leader !== null && leader !== from
    }
    return waitUntil(isAnother, withinNs / NS_PER_MS, LEADER_POLL_MS, this.#signal).catch(() => false)
  }

  async #newLeader(withinMs: number): Promise<boolean> {
    const isNew = async (): Promise<boolean> => {
      const leader = await this.#leader()
      if (leader === null || leader === this.#knownLeader) return false
      this.#knownLeader = leader
      return true
    }
    return waitUntil(isNew, withinMs, LEADER_POLL_MS, this.#signal).catch(() => false)
  }
}
