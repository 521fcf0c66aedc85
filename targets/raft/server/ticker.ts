/**
 * Lets schedules tick: the leader counts by its monotonic clock from the last tick that it saw, and proposes the next. A new
 * leader counts anew, so that a tick may come late, and never too early.
 */
import type { Bug } from '../bugs/bugs.ts'
import type { Scheduled, TickCall } from '../structures/schedules.ts'

interface Waiting {
  readonly ticked: number
  readonly sinceMs: number
}

export class Ticker {
  readonly #bug: Bug | null
  readonly #propose: (call: TickCall) => void
  /** Schedule -> its last tick, and since when this node, leading without a break, has waited for the next. */
  #waiting = new Map<string, Waiting>()

  constructor(bug: Bug | null, propose: (call: TickCall) => void) {
    this.#bug = bug
    this.#propose = propose
  }

  /** Called again and again while the node leads. */
  tick(open: readonly Scheduled[]): void {
    const nowMs = performance.now()
    const waiting = new Map<string, Waiting>()
    for (const schedule of open) {
      const { key, everyMs, ticked } = schedule
      const known = this.#waiting.get(key)
      const sinceMs = known?.ticked === ticked ? known.sinceMs : nowMs
      const isDue = nowMs - sinceMs >= everyMs
      // Should it be lost, it is proposed again, but not before its time has passed once more.
      waiting.set(key, { ticked, sinceMs: isDue ? nowMs : sinceMs })
      if (isDue) this.#propose({ f: 'tick', value: { key, tick: this.#next(schedule), clockMs: Date.now() } })
    }
    this.#waiting = waiting
  }

  /** The node does not lead any more: whatever it counted is void. */
  forget(): void {
    this.#waiting.clear()
  }

  /** By the bug missed-ticks-skipped the one that the wall clock says is due now. */
  #next({ ticked, ticks, clockMs, everyMs }: Scheduled): number {
    if (this.#bug !== 'missed-ticks-skipped' || clockMs === null) return ticked + 1
    const passed = Math.round((Date.now() - clockMs) / everyMs)
    return Math.min(ticks, ticked + Math.max(1, passed))
  }
}
