/**
 * Makes schedules tick: the leader counts by its monotonic clock from the last tick that it saw, and proposes the next.
 * A new leader starts to count again, so a tick may come late, and never too early.
 */
import type { StateMachine } from '../../state-machine.ts'
import type { Scheduled, TickCall } from '../../structures/schedules.ts'
import type { Duty } from './duty.ts'

interface Waiting {
  readonly ticked: number
  readonly sinceMs: number
}

export interface TickerOptions {
  /** Schedules with ticks to come. */
  readonly open: (machine: StateMachine) => readonly Scheduled[]
  readonly next: (schedule: Scheduled) => TickCall['value']
  readonly propose: (call: TickCall) => void
}

export class Ticker implements Duty {
  readonly #options: TickerOptions
  /** Schedule -> its last tick, and since when this node, leading without a break, has waited for the next one. */
  #waiting = new Map<string, Waiting>()

  constructor(options: TickerOptions) {
    this.#options = options
  }

  perform(machine: StateMachine): void {
    const { open, next, propose } = this.#options
    const nowMs = performance.now()
    const waiting = new Map<string, Waiting>()
    for (const schedule of open(machine)) {
      const { key, everyMs, ticked } = schedule
      const known = this.#waiting.get(key)
      const sinceMs = known?.ticked === ticked ? known.sinceMs : nowMs
      const isDue = nowMs - sinceMs >= everyMs
      // If the proposal is lost it is made again, after the same time once more.
      waiting.set(key, { ticked, sinceMs: isDue ? nowMs : sinceMs })
      if (isDue) propose({ f: 'tick', value: next(schedule) })
    }
    this.#waiting = waiting
  }

  stop(): void {
    this.#waiting.clear()
  }
}
